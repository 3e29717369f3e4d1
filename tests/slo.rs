//! Every dialect of objectives leads to the same facts.

use obsproof::facts::slo::{Generated, Slo, SloDialect};
use obsproof::repo::Repo;
use obsproof::scan;
use obsproof::source::{Encoding, Source};

fn model(text: &str) -> Repo {
    let path = "slo.yaml".to_owned();
    scan::model(vec![Source::new(path.clone(), text.to_owned(), Encoding::Utf8)], vec![path])
}

/// Dialect, label, ratio, window in days, roles of the queries, generated alerts.
fn shown(slo: &Slo) -> String {
    let days = slo.window.as_ref().and_then(|window| window.seconds()).map(|it| it / 86_400.0);
    let queries: Vec<String> = slo
        .queries()
        .map(|query| format!("{:?}={}", query.role, query.expression.scalar.text.trim()))
        .collect();
    let foreign = slo.indicator.as_ref().is_some_and(|indicator| indicator.foreign);
    format!(
        "{:?} {} {:?} {:?} {} foreign={foreign} {:?}",
        slo.dialect,
        slo.label(),
        slo.ratio(),
        days,
        queries.join(" "),
        slo.alerting.generated
    )
}

#[test]
fn every_dialect_is_read() {
    let cases = [
        (
            "apiVersion: openslo.com/v2alpha\nkind: SLO\nmetadata: {name: x}\nspec:\n  service: api\n  sli:\n    metadata: {name: e}\n    spec:\n      ratioMetric:\n        counter: true\n        good: {dataSourceRef: prometheus-main, spec: {query: sum(good)}}\n        total: {dataSourceSpec: {prometheus: {url: x}}, spec: {query: sum(all)}}\n  timeWindow: [{duration: 4w, isRolling: true}]\n  objectives: [{target: 0.99}]\n",
            &[
                "OpenSlo api.x Some(0.99) Some(28.0) Good=sum(good) Total=sum(all) foreign=false Never",
            ][..],
        ),
        (
            "apiVersion: openslo.com/v2alpha\nkind: SLO\nmetadata: {name: x}\nspec:\n  service: api\n  sli: {spec: {thresholdMetric: {dataSourceSpec: {type: redshift}, spec: {query: SELECT 1}}}}\n  objectives: [{target: 0.99, op: lt, value: 1}]\n",
            &["OpenSlo api.x Some(0.99) None  foreign=true Never"],
        ),
        (
            "apiVersion: n9/v1alpha\nkind: SLO\nmetadata: {name: x, project: p}\nspec:\n  service: api\n  budgetingMethod: Occurrences\n  objectives:\n    - name: ok\n      target: 0.95\n      countMetrics:\n        incremental: true\n        good: {prometheus: {promql: sum(good)}}\n        total: {prometheus: {promql: sum(all)}}\n  timeWindows: [{unit: Day, count: 28, isRolling: true}]\n  alertPolicies: [page]\n",
            &["Nobl9 api.x Some(0.95) Some(28.0) Good=sum(good) Total=sum(all) foreign=false Yes"],
        ),
        (
            "apiVersion: n9/v1alpha\nkind: SLO\nmetadata: {name: x, project: p}\nspec:\n  service: api\n  objectives:\n    - target: 0.9\n      value: 200\n      rawMetric: {query: {datadog: {query: 'avg:x{*}'}}}\n  timeWindows: [{unit: Month, count: 1, calendar: {startTime: x}}]\n",
            &["Nobl9 api.x Some(0.9) Some(30.0)  foreign=true Never"],
        ),
        (
            "slos:\n  api:\n    availability:\n      objective: 99.9%\n      measurement_window: 30d\n      sli_definition: a / b\nbusiness_slos:\n  shop:\n    sales: {objective: 0.5, measurement_window: 7d, sli_definition: c}\n",
            &[
                "Standard api.availability Some(0.999) Some(30.0) Value=a / b foreign=false Never",
                "Standard shop.sales Some(0.5) Some(7.0) Value=c foreign=false Never",
            ][..],
        ),
        (
            "version: prometheus/v1\nservice: api\nslos:\n  - name: a\n    objective: 99.9\n    sli: {events: {error_query: 'e[{{.window}}]', total_query: 't[{{.window}}]'}}\n    alerting: {page_alert: {disable: true}}\n  - name: b\n    objective: 99\n    sli: {plugin: {id: x}}\n    alerting: {page_alert: {disable: true}, ticket_alert: {disable: true}}\n",
            &[
                "Sloth api.a Some(0.999) None Bad=e[{{.window}}] Total=t[{{.window}}] foreign=false Partly",
                "Sloth api.b Some(0.99) None  foreign=true Off",
            ],
        ),
        (
            "apiVersion: sloth.slok.dev/v1\nkind: PrometheusServiceLevel\nmetadata: {name: x}\nspec:\n  service: api\n  slos:\n    - name: a\n      objective: 99.9\n      sli: {raw: {errorRatioQuery: 'e[{{.window}}]'}}\n",
            &["Sloth api.a Some(0.999) None ErrorRatio=e[{{.window}}] foreign=false Yes"],
        ),
        (
            "apiVersion: pyrra.dev/v1alpha1\nkind: ServiceLevelObjective\nmetadata: {name: x}\nspec:\n  target: '99.9'\n  window: 2w\n  indicator: {latency: {success: {metric: 'a_bucket{le=\"1\"}'}, total: {metric: a_count}}}\n  alerting: {disabled: true}\n",
            &[
                "Pyrra x Some(0.999) Some(14.0) Good=a_bucket{le=\"1\"} Total=a_count foreign=false Off",
            ],
        ),
        (
            "apiVersion: openslo/v1\nkind: SLO\nmetadata: {name: x}\nspec:\n  service: api\n  indicator: {spec: {ratioMetric: {bad: {metricSource: {type: Prometheus, spec: {query: e}}}, total: {metricSource: {type: Prometheus, spec: {query: t}}}}}}\n  timeWindow: [{duration: 1M, isRolling: true}]\n  objectives: [{target: 0.98}, {targetPercent: 99}]\n  alertPolicies: [{alertPolicyRef: page}]\n",
            &[
                "OpenSlo api.x Some(0.98) Some(30.0) Bad=e Total=t foreign=false Yes",
                "OpenSlo api.x Some(0.99) Some(30.0) Bad=e Total=t foreign=false Yes",
            ],
        ),
        (
            "apiVersion: openslo/v1alpha\nkind: SLO\nmetadata: {name: x}\nspec:\n  service: api\n  objectives:\n    - target: 0.98\n      ratioMetrics: {good: {source: prometheus, queryType: promql, query: g}, total: {source: prometheus, queryType: promql, query: t}}\n  timeWindows: [{count: 4, unit: Week}]\n",
            &["OpenSlo api.x Some(0.98) Some(28.0) Good=g Total=t foreign=false Unknown"],
        ),
        (
            "apiVersion: sre.google.com/v2\nkind: ServiceLevelObjective\nmetadata: {name: x, labels: {service_name: api}}\nspec:\n  backend: prometheus\n  method: query_sli\n  service_level_indicator: {expression: 'g[window] / t[window]'}\n  goal: 0.999\n",
            &["Generator api.x Some(0.999) None Value=g[window] / t[window] foreign=false Unknown"],
        ),
    ];
    for (text, expected) in cases {
        let found: Vec<String> = model(text).facts.slos.iter().map(shown).collect();
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn queries_are_read_at_their_place() {
    let text = "version: prometheus/v1\nservice: api\nslos:\n  - name: a\n    objective: 99.9\n    sli:\n      raw:\n        error_ratio_query: |\n          1 - (\n            sum(rate(good[{{.window}}]))\n            / sum(rate(all[{{.window}}])))\n";
    let repo = model(text);
    let queries: Vec<_> = repo.queries().collect();
    assert_eq!(queries.len(), 1);
    assert!(queries[0].is_sound(), "{:?}", queries[0].parsed.faults);
    let metrics: Vec<&str> = queries[0]
        .ast()
        .selectors()
        .filter_map(|(_, selector)| selector.metric_extent())
        .map(|extent| repo.text(repo.place(queries[0].scalar, extent.range())))
        .collect();
    assert_eq!(metrics, ["good", "all"]);
    assert!(queries[0].sli().and_then(|sli| sli.slo).is_some_and(|slo| {
        slo.dialect == SloDialect::Sloth && slo.alerting.generated == Generated::Yes
    }));
}

#[test]
fn objectives_of_one_object_share_their_queries() {
    let text = "apiVersion: openslo/v1\nkind: SLO\nmetadata: {name: x}\nspec:\n  indicator: {spec: {ratioMetric: {good: {metricSource: {type: Prometheus, spec: {query: g}}}, total: {metricSource: {type: Prometheus, spec: {query: t}}}}}}\n  objectives: [{target: 0.98}, {target: 0.99}]\n";
    let repo = model(text);
    assert_eq!(repo.facts.slos.len(), 2);
    assert_eq!(repo.queries().count(), 2);
}

#[test]
fn resources_of_terraform_are_read() {
    let text = r#"
resource "grafana_slo" "api" {
  name = "API"
  query {
    type = "ratio"
    ratio {
      success_metric = "good_total{code!~\"5..\"}"
      total_metric   = "good_total"
    }
  }
  objectives {
    value  = 0.995
    window = "28d"
  }
  alerting {}
}

resource "datadog_service_level_objective" "api" {
  name = "api"
  type = "metric"
  query {
    numerator   = "sum:hits{ok}.as_count()"
    denominator = "sum:hits{*}.as_count()"
  }
  thresholds {
    timeframe = "7d"
    target    = 99.9
  }
  thresholds {
    timeframe = "30d"
    target    = 99.5
  }
}

resource "nobl9_slo" "api" {
  name    = "api"
  service = "shop"
  objective {
    target = 0.99
    count_metrics {
      good {
        prometheus {
          promql = "sum(good)"
        }
      }
      total {
        prometheus {
          promql = "sum(all)"
        }
      }
    }
  }
  time_window {
    count = 4
    unit  = "Week"
  }
  alert_policies = ["page"]
}

resource "google_monitoring_slo" "api" {
  display_name        = "api"
  goal                = 0.9
  rolling_period_days = 30
  basic_sli {
    latency {
      threshold = "1s"
    }
  }
}
"#;
    let path = "slo.tf".to_owned();
    let source = Source::new(path.clone(), text.to_owned(), Encoding::Utf8);
    let repo = scan::model(vec![source], vec![path]);
    let mut found: Vec<String> = repo.facts.slos.iter().map(shown).collect();
    found.sort();
    assert_eq!(
        found,
        [
            "Datadog api Some(0.995) Some(30.0)  foreign=true Unknown",
            "Datadog api Some(0.999) Some(7.0)  foreign=true Unknown",
            "Google api Some(0.9) Some(30.0)  foreign=true Unknown",
            "Grafana API Some(0.995) Some(28.0) Good=good_total{code!~\"5..\"} Total=good_total foreign=false Yes",
            "Nobl9 shop.api Some(0.99) Some(28.0) Good=sum(good) Total=sum(all) foreign=false Yes",
        ]
    );
}
