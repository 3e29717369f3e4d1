//go:build ignore

// What packages of Go write, hear and refuse: one line of JSON for each claim of libraries/go.yaml.
// In a module of its own: `go mod init scratch; go mod tidy; go run .`
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"runtime/debug"
	"sort"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/logger"
	"github.com/gorilla/handlers"
	"github.com/labstack/echo/v4"
	echomiddleware "github.com/labstack/echo/v4/middleware"
	"github.com/rs/zerolog"
	zerologlog "github.com/rs/zerolog/log"
	"github.com/sirupsen/logrus"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

func tell(kind, api, module, key string, value any) {
	version := runtime.Version()
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, one := range info.Deps {
			if one.Path == module {
				version = one.Version
			}
		}
	}
	line, err := json.Marshal(map[string]any{
		"language": "go", "kind": kind, "api": api, "package": module, "version": version, key: value,
	})
	if err != nil {
		panic(err)
	}
	fmt.Println(string(line))
}

// What is written while something runs.
func written(run func(out *os.File)) string {
	read, write, err := os.Pipe()
	if err != nil {
		panic(err)
	}
	out := os.Stdout
	os.Stdout = write
	run(write)
	write.Close()
	os.Stdout = out
	text, err := io.ReadAll(read)
	if err != nil {
		panic(err)
	}
	return string(text)
}

func record(api, module string, write func(out io.Writer)) {
	var out bytes.Buffer
	write(&out)
	var fields map[string]any
	if err := json.Unmarshal(out.Bytes(), &fields); err != nil {
		panic(api + ": " + out.String())
	}
	keys := []string{}
	for key := range fields {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	tell("record", api, module, "keys", keys)
}

func records() {
	record("log/slog.NewJSONHandler", "std", func(out io.Writer) { slog.New(slog.NewJSONHandler(out, nil)).Info("bought") })
	record("go.uber.org/zap.NewProduction", "go.uber.org/zap", func(out io.Writer) {
		config := zap.NewProductionConfig()
		config.OutputPaths = []string{"stdout"}
		io.WriteString(out, written(func(*os.File) { zap.Must(config.Build()).Info("bought") }))
	})
	record("go.uber.org/zap/zapcore.NewJSONEncoder", "go.uber.org/zap", func(out io.Writer) {
		encoder := zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig())
		zap.New(zapcore.NewCore(encoder, zapcore.AddSync(out), zap.InfoLevel)).Info("bought")
	})
	zerologs := "github.com/rs/zerolog"
	record(zerologs+".New", zerologs, func(out io.Writer) { l := zerolog.New(out); l.Info().Msg("bought") })
	record(zerologs+"/log", zerologs, func(out io.Writer) { l := zerologlog.Output(out); l.Info().Msg("bought") })
	record("?.With().Timestamp", zerologs, func(out io.Writer) {
		l := zerolog.New(out).With().Timestamp().Logger()
		l.Info().Msg("bought")
	})
	record("?.With().Caller", zerologs, func(out io.Writer) {
		l := zerolog.New(out).With().Caller().Logger()
		l.Info().Msg("bought")
	})
	logruses := "github.com/sirupsen/logrus"
	for _, caller := range []bool{false, true} {
		api := logruses + map[bool]string{false: ".JSONFormatter()", true: ".SetReportCaller"}[caller]
		record(api, logruses, func(out io.Writer) {
			l := logrus.New()
			l.SetOutput(out)
			l.SetFormatter(&logrus.JSONFormatter{})
			l.SetReportCaller(caller)
			l.Info("bought")
		})
	}
}

func ask(handler http.Handler) {
	handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/orders/7", nil))
}

func requests() {
	heard := func(api, module string, run func(out *os.File)) {
		tell("request-log", api, module, "logged", strings.Contains(written(run), "/orders/7"))
	}
	gins := "github.com/gin-gonic/gin"
	gin.SetMode(gin.ReleaseMode)
	heard(gins+".Default", gins, func(out *os.File) { gin.DefaultWriter = out; ask(gin.Default()) })
	heard(gins+".Logger", gins, func(out *os.File) { gin.DefaultWriter = out; g := gin.New(); g.Use(gin.Logger()); ask(g) })
	heard("github.com/go-chi/chi/v5/middleware.RequestLogger", "github.com/go-chi/chi/v5", func(out *os.File) {
		router := chi.NewRouter()
		router.Use(middleware.RequestLogger(&middleware.DefaultLogFormatter{Logger: log.New(out, "", 0), NoColor: true}))
		router.Get("/orders/{id}", func(http.ResponseWriter, *http.Request) {})
		ask(router)
	})
	echos := "github.com/labstack/echo/v4/middleware"
	heard(echos+".LoggerWithConfig", "github.com/labstack/echo/v4", func(out *os.File) {
		e := echo.New()
		e.Use(echomiddleware.LoggerWithConfig(echomiddleware.LoggerConfig{Output: out}))
		ask(e)
	})
	heard(echos+".RequestLogger", "github.com/labstack/echo/v4", func(out *os.File) {
		slog.SetDefault(slog.New(slog.NewTextHandler(out, nil)))
		e := echo.New()
		e.Use(echomiddleware.RequestLogger())
		ask(e)
	})
	heard("github.com/gofiber/fiber/v2/middleware/logger.New", "github.com/gofiber/fiber/v2", func(out *os.File) {
		app := fiber.New()
		app.Use(logger.New(logger.Config{Output: out}))
		app.Test(httptest.NewRequest("GET", "/orders/7", nil))
	})
	gorillas := "github.com/gorilla/handlers"
	heard(gorillas+".LoggingHandler", gorillas, func(out *os.File) { ask(handlers.LoggingHandler(out, http.NotFoundHandler())) })
	heard(gorillas+".CombinedLoggingHandler", gorillas, func(out *os.File) {
		ask(handlers.CombinedLoggingHandler(out, http.NotFoundHandler()))
	})
}

func main() {
	records()
	requests()
	first, second := trace.NewTracerProvider(), trace.NewTracerProvider()
	otel.SetTracerProvider(first)
	otel.SetTracerProvider(second)
	what := map[bool]string{true: "the second stands", false: "the first stays"}[otel.GetTracerProvider() == second]
	tell("set-twice", "go.opentelemetry.io/otel.SetTracerProvider", "go.opentelemetry.io/otel", "what", what)
}
