// What packages of npm write, hear and refuse: one line of JSON for each claim of libraries/javascript.yaml.
// npm install winston pino pino-http bunyan mozlog @elastic/ecs-winston-format @elastic/ecs-pino-format express morgan
//   express-winston koa koa-logger koa-pino-logger express-pino-logger hono @hono/node-server express-bunyan-logger
const fs = require('fs');
const http = require('http');
const { Writable } = require('stream');

const version = (name) => JSON.parse(fs.readFileSync(`node_modules/${name}/package.json`, 'utf8')).version;
const said = [];
const tell = (kind, api, name, what) =>
  said.push(JSON.stringify({ language: 'javascript', kind, api, package: name, version: version(name), ...what }));
const leaves = (value, path = '') =>
  value && typeof value === 'object' && !Array.isArray(value)
    ? Object.entries(value).flatMap(([key, inner]) => leaves(inner, path ? `${path}.${key}` : key))
    : [path];
const sink = (kept) => new Writable({ write(chunk, encoding, done) { kept.push(String(chunk)); done(); } });

function records() {
  const winston = require('winston');
  const { format } = winston;
  const written = (format) => {
    const kept = [];
    const stream = sink(kept);
    winston.createLogger({ format, transports: [new winston.transports.Stream({ stream })] }).info('bought');
    return leaves(JSON.parse(kept[0]));
  };
  tell('record', 'winston.format.json', 'winston', { keys: written(format.json()) });
  tell('record', 'winston.format.logstash', 'winston', { keys: written(format.logstash()) });
  const timed = written(format.combine(format.timestamp(), format.json()));
  tell('record', 'winston.format.timestamp', 'winston', { keys: timed });
  const ecs = written(require('@elastic/ecs-winston-format')());
  tell('record', '@elastic/ecs-winston-format', '@elastic/ecs-winston-format', { keys: ecs });
  const pino = require('pino');
  const by = (api, name, log) => {
    const kept = [];
    log(sink(kept)).info('bought');
    tell('record', api, name, { keys: leaves(JSON.parse(kept[0])) });
  };
  by('pino', 'pino', (stream) => pino(stream));
  by('@elastic/ecs-pino-format', '@elastic/ecs-pino-format', (to) => pino(require('@elastic/ecs-pino-format')(), to));
  by('bunyan.createLogger', 'bunyan', (stream) => require('bunyan').createLogger({ name: 'shop', stream }));
  by('mozlog', 'mozlog', (stream) => {
    const log = require('mozlog')({ app: 'shop', stream })('cart');
    return { info: (msg) => log.info('buy', { msg }) };
  });
  const round = {};
  round.round = round;
  for (const [api, format] of [
    ['winston.format.json', winston.format.json()],
    ['winston.format.printf', winston.format.printf((info) => JSON.stringify(info))],
  ]) {
    let error = null;
    try {
      const transports = [new winston.transports.Stream({ stream: sink([]) })];
      winston.createLogger({ format, transports }).info('bought', { round });
    } catch (thrown) {
      error = thrown.message.split('\n')[0];
    }
    tell('cycle', api, 'winston', { error });
  }
}

async function requests() {
  const express = require('express');
  const Koa = require('koa');
  const winston = require('winston');
  const run = async (api, name, make) => {
    const kept = [];
    const [out, log] = [process.stdout.write, console.log];
    process.stdout.write = (chunk) => kept.push(String(chunk));
    console.log = (...words) => kept.push(words.join(' '));
    const server = http.createServer(make(sink(kept))).listen(0);
    const options = { port: server.address().port, path: '/orders/7' };
    await new Promise((done) => {
      http.get(options, (answer) => answer.resume().on('end', () => setTimeout(done, 100)));
    });
    server.close();
    [process.stdout.write, console.log] = [out, log];
    tell('request-log', api, name, { logged: kept.join('').includes('/orders/7') });
  };
  const inExpress = (middleware) => {
    const app = express();
    app.use(middleware);
    return app.get('/orders/:id', (request, answer) => answer.send('ok'));
  };
  const inKoa = (middleware) => {
    const app = new Koa();
    app.use(middleware);
    return app.use((context) => { context.body = 'ok'; }).callback();
  };
  await run('morgan', 'morgan', () => inExpress(require('morgan')('combined')));
  await run('pino-http', 'pino-http', (to) => inExpress(require('pino-http')({}, to)));
  await run('express-pino-logger', 'express-pino-logger', (to) => inExpress(require('express-pino-logger')({}, to)));
  await run('express-winston.logger', 'express-winston', (stream) =>
    inExpress(require('express-winston').logger({ transports: [new winston.transports.Stream({ stream })] })));
  await run('express-bunyan-logger', 'express-bunyan-logger', (stream) =>
    inExpress(require('express-bunyan-logger')({ name: 'shop', streams: [{ stream }] })));
  await run('koa-logger', 'koa-logger', () => inKoa(require('koa-logger')()));
  await run('koa-pino-logger', 'koa-pino-logger', (to) => inKoa(require('koa-pino-logger')({}, to)));
  await run('hono/logger.logger', 'hono', () => {
    const { Hono } = require('hono');
    const app = new Hono();
    app.use(require('hono/logger').logger());
    app.get('/orders/:id', (context) => context.text('ok'));
    return require('@hono/node-server').getRequestListener(app.fetch);
  });
}

records();
requests().then(() => {
  console.log(said.join('\n'));
  process.exit(0);
});
