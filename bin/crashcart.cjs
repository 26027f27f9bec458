#!/usr/bin/env node
'use strict';
// ES5 on purpose: any old Node can parse this. It runs the program on this Node where it is new enough,
// otherwise on the pinned one that npm installed beside us (optionalDependencies).
var path = require('path');
var app = path.join(__dirname, '..', 'dist', 'crashcart.mjs');
var env = process.env;
// React and Ink pick their build when they load.
env.NODE_ENV = env.NODE_ENV || 'production';
// What is let go of goes back to the system: tens of MiB in a replay. Read by glibc when a process begins (mallopt(3)), so only one
// that we start can have it; it is not for those that it starts.
// One arena: glibc shrinks another one only after it has read /proc/sys/vm/overcommit_memory, which may hang on a host in trouble.
var MALLOC = require('./malloc.json');
var OURS = 'CRASHCART_MALLOC';

closeLostTerminals();
if (!require('fs').existsSync(app)) {
  console.error('crashcart: not built yet. Run: npm run build');
  process.exit(1);
} else if (isRecent()) {
  if (env[OURS]) forgetMalloc();
  if (require('module').enableCompileCache) require('module').enableCompileCache();
  import(require('url').pathToFileURL(app).href);
} else {
  runPinnedNode();
}

/** What the program uses and older Nodes lack: zstd for recordings (22.15), disposable stacks (24). */
function isRecent() {
  return typeof require('zlib').createZstdCompress === 'function' && typeof DisposableStack === 'function';
}

// As src/commands/lost-terminal.ts, for the process that only waits: Node aborts at its exit when a terminal is gone.
function closeLostTerminals() {
  var isatty = require('tty').isatty;
  var terminals = [0, 1, 2].filter(isatty);
  process.on('exit', function () {
    terminals.forEach(function (fd) {
      try {
        if (!isatty(fd)) require('fs').closeSync(fd);
      } catch (error) {}
    });
  });
}

function forgetMalloc() {
  Object.keys(MALLOC)
    .concat(OURS)
    .forEach(function (name) {
      delete env[name];
    });
}

function setMalloc() {
  var isTheirs = Object.keys(MALLOC).some(function (name) {
    return name in env;
  });
  if (isTheirs) return;
  env[OURS] = '1';
  Object.keys(MALLOC).forEach(function (name) {
    env[name] = MALLOC[name];
  });
}

function runPinnedNode() {
  var exe;
  try {
    var home = path.dirname(require.resolve('node-' + process.platform + '-' + process.arch + '/package.json'));
    exe = path.join(home, 'bin', 'node');
  } catch (error) {
    console.error(
      'crashcart: needs Node.js 24 or newer; this is ' +
        process.version +
        (process.platform === 'linux'
          ? ' and the pinned one is not installed. Run npm install again without --omit=optional.'
          : ', and one comes with crashcart for Linux alone. Install Node.js 24.'),
    );
    process.exit(1);
  }
  setMalloc();
  // The child decides what a signal means; we only wait for it.
  ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'].forEach(function (name) {
    process.on(name, function () {
      child.kill(name);
    });
  });
  var child = require('child_process').spawn(exe, [__filename].concat(process.argv.slice(2)), {
    stdio: 'inherit',
    env: env,
  });
  child.on('error', function (error) {
    console.error('crashcart: cannot start ' + exe + ': ' + error.message);
    process.exit(1);
  });
  child.on('exit', function (code, signal) {
    if (signal) {
      ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'].forEach(function (name) {
        process.removeAllListeners(name);
      });
      process.kill(process.pid, signal);
    } else process.exit(code);
  });
}
