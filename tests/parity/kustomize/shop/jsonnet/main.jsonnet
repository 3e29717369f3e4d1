// What gives manifests/rules.yaml, and rules of which no file is kept.
local rule(name, expr) = { alert: name, expr: expr, 'for': '5m' };
local object(name, rules) = {
  apiVersion: 'monitoring.coreos.com/v1',
  kind: 'PrometheusRule',
  metadata: { name: name },
  spec: { groups: [{ name: name, rules: rules }] },
};
[
  object('made', [rule('Kept', 'min(')]),
  object('unkept', [rule('Unkept', 'avg(')]),
]
