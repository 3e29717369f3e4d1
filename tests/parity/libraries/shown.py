"""What packages of Python write, hear and refuse: one line of JSON for each claim of libraries/python.yaml.

pip install python-json-logger ecs-logging JSON-log-formatter dockerflow structlog loguru asgi-logger paste \
    flask-login django django-auditlog django-easy-audit starlette httpx werkzeug
"""
import importlib.metadata
import io
import json
import logging
import sys


def leaves(value, path=""):
    if not isinstance(value, dict):
        return [path]
    return [leaf for key, inner in value.items() for leaf in leaves(inner, f"{path}.{key}" if path else key)]


def tell(kind, api, package, **what):
    version = importlib.metadata.version(package)
    print(json.dumps({"language": "python", "kind": kind, "api": api, "package": package, "version": version, **what}))


def record(api, package, text):
    tell("record", api, package, keys=leaves(json.loads(text)))


def formatted(api, package, formatter):
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(formatter)
    log = logging.Logger("shop.cart")
    log.addHandler(handler)
    log.info("bought")
    record(api, package, out.getvalue())


def records():
    import ecs_logging
    import json_log_formatter
    import pythonjsonlogger.json
    import structlog
    from dockerflow.logging import JsonLogFormatter
    from loguru import logger

    formatted("pythonjsonlogger.json.JsonFormatter", "python-json-logger", pythonjsonlogger.json.JsonFormatter())
    formatted("ecs_logging.StdlibFormatter", "ecs-logging", ecs_logging.StdlibFormatter())
    for name in ("JSONFormatter", "FlatJSONFormatter", "VerboseJSONFormatter"):
        formatted(f"json_log_formatter.{name}", "JSON-log-formatter", getattr(json_log_formatter, name)())
    formatted("dockerflow.logging.JsonLogFormatter", "dockerflow", JsonLogFormatter(logger_name="shop"))
    processors = structlog.processors
    for api, before in (
        ("structlog.processors.JSONRenderer", []),
        ("structlog.processors.add_log_level", [processors.add_log_level]),
        ("structlog.processors.TimeStamper", [processors.TimeStamper(fmt="iso")]),
        ("structlog.processors.CallsiteParameterAdder", [processors.CallsiteParameterAdder()]),
        ("ecs_logging.StructlogFormatter", None),
    ):
        out = io.StringIO()
        last = [ecs_logging.StructlogFormatter()] if before is None else [*before, processors.JSONRenderer()]
        structlog.configure(processors=last, logger_factory=structlog.PrintLoggerFactory(out))
        structlog.get_logger().info("bought")
        record(api, "ecs-logging" if before is None else "structlog", out.getvalue())
    out = io.StringIO()
    logger.remove()
    logger.add(out, serialize=True)
    logger.info("bought")
    record("loguru.logger.add", "loguru", out.getvalue())


def requests():
    from paste.translogger import TransLogger
    from starlette.applications import Starlette
    from starlette.responses import PlainTextResponse
    from starlette.routing import Route
    from starlette.testclient import TestClient
    from werkzeug.test import Client

    def lines(call):
        """What is logged or printed while a request is answered, the client's own words left out."""
        out, root, kept = io.StringIO(), logging.getLogger(), (sys.stdout, sys.stderr)
        handler = logging.StreamHandler(out)
        handler.addFilter(lambda record: record.name != "httpx")
        root.addHandler(handler)
        root.setLevel(logging.INFO)
        sys.stdout = sys.stderr = out
        try:
            call()
        finally:
            sys.stdout, sys.stderr = kept
            root.removeHandler(handler)
        return "/orders/7" in out.getvalue()

    def with_asgi():
        from asgi_logger import AccessLoggerMiddleware

        app = Starlette(routes=[Route("/orders/{id}", lambda request: PlainTextResponse("ok"))])
        app.add_middleware(AccessLoggerMiddleware)
        TestClient(app).get("/orders/7")

    def with_wsgi():
        def app(environ, start):
            start("200 OK", [("Content-Length", "2")])
            return [b"ok"]

        Client(TransLogger(app)).get("/orders/7")

    tell("request-log", "asgi_logger.AccessLoggerMiddleware", "asgi-logger", logged=lines(with_asgi))
    tell("request-log", "paste.translogger.TransLogger", "paste", logged=lines(with_wsgi))


def logins():
    import flask
    import flask_login

    def hear(signals):
        heard = set()
        for name, signal in signals.items():
            signal.connect(lambda sender, name=name, **more: heard.add(name), weak=False)
        return heard

    class User(flask_login.UserMixin):
        id = "1"

    app = flask.Flask("shop")
    app.secret_key = "made up"
    flask_login.LoginManager(app).user_loader(lambda number: User())
    names = ("user_logged_in", "user_logged_out", "user_unauthorized")
    heard = hear({name: getattr(flask_login, name) for name in names})
    app.add_url_rule("/in", "in", lambda: (flask_login.login_user(User()), "ok")[1])
    app.add_url_rule("/out", "out", lambda: (flask_login.logout_user(), "ok")[1])
    app.add_url_rule("/own", "own", flask_login.login_required(lambda: "ok"))
    client = app.test_client()
    for path in ("/own", "/in", "/out"):
        client.get(path)
    for name in names:
        tell("audit-listener", f"flask_login.{name}", "flask-login", logged=name in heard)

    import django
    from django.conf import settings

    apps = ["django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions", "auditlog", "easyaudit"]
    settings.configure(
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        INSTALLED_APPS=apps, SECRET_KEY="made up", ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"],
        SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies", DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    )
    django.setup()
    from auditlog.models import LogEntry
    from auditlog.registry import auditlog
    from django.contrib.auth import signals
    from django.contrib.auth.models import User as Person
    from django.core.management import call_command
    from django.test import Client
    from easyaudit.models import LoginEvent

    call_command("migrate", verbosity=0)
    auditlog.register(Person)
    names = ("user_logged_in", "user_logged_out", "user_login_failed")
    heard = hear({name: getattr(signals, name) for name in names})
    Person.objects.create_user("ada", password="made up")
    client = Client()
    client.login(username="ada", password="wrong")
    client.login(username="ada", password="made up")
    client.logout()
    for name in names:
        tell("audit-listener", f"django.contrib.auth.signals.{name}", "django", logged=name in heard)
    tell("audit-listener", "auditlog.registry.auditlog", "django-auditlog", logged=LogEntry.objects.exists())
    tell("audit-listener", "easyaudit.models", "django-easy-audit", logged=LoginEvent.objects.exists())


urlpatterns = []

if __name__ == "__main__":
    logging.disable(logging.NOTSET)
    records()
    requests()
    logins()
