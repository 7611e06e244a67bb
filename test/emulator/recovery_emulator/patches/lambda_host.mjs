// One Lambda invocation: the handler named by _HANDLER below LAMBDA_TASK_ROOT, the event on stdin, the result on a given
// file descriptor.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import Module, { createRequire, register, syncBuiltinESMExports } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Script } from 'node:vm';

/** An import() of anything but a module of Node.js itself, and of such a module. */
const IMPORT = /\bimport\((?!["']node:)/;
const IMPORT_OF_NODE = /\bimport\((?=["']node:)/g;
/** Characters of code from which on it pays to keep it compiled. */
const LARGE = 50_000;

const resultFd = Number(process.argv[2]);
const { event, requestId, functionArn, timeout } = JSON.parse(readFileSync(0, 'utf8'));
const root = process.env.LAMBDA_TASK_ROOT;
const started = performance.now();
const toKeep = [];

function finish(answer) {
  writeSync(resultFd, JSON.stringify(answer) ?? '{}');
  for (const keep of toKeep) keep();
  process.exit(0);
}

function fail(error) {
  const trace = String(error?.stack ?? '').split('\n');
  finish({ error: { errorType: error?.name ?? 'Error', errorMessage: error?.message ?? String(error), trace } });
}

process.on('uncaughtException', fail);
process.on('unhandledRejection', fail);

followEmulatorClock();
answerCustomResourcesInPlainHttp();

const cut = process.env._HANDLER.lastIndexOf('.');
const file = process.env._HANDLER.slice(0, cut);
const name = process.env._HANDLER.slice(cut + 1);
try {
  const path = ['.js', '.mjs', '.cjs'].map((extension) => join(root, file + extension)).find(existsSync);
  if (!path) throw Object.assign(new Error(`Cannot find module '${file}'`), { name: 'Runtime.ImportModuleError' });
  const module = await load(path);
  const handler = module[name] ?? module.default?.[name];
  if (typeof handler !== 'function') {
    throw Object.assign(new Error(`${process.env._HANDLER} is undefined or not exported`), { name: 'Runtime.HandlerNotFound' });
  }
  const callback = (error, result) => (error ? fail(error) : finish({ result: result ?? null }));
  const context = {
    awsRequestId: requestId,
    invokedFunctionArn: functionArn,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: requestId,
    getRemainingTimeInMillis: () => timeout * 1000 - (performance.now() - started),
    done: callback,
    succeed: (result) => finish({ result: result ?? null }),
    fail,
  };
  const returned = handler(event, context, callback);
  if (returned && typeof returned.then === 'function') finish({ result: (await returned) ?? null });
} catch (error) {
  fail(error);
}

// A frozen clock stands still, a shifted one runs: handlers that ask for the time get the emulator's.
function followEmulatorClock() {
  const RealDate = Date;
  const frozen = process.env.EMULATOR_CLOCK_FROZEN_MS;
  const offset = Number(process.env.EMULATOR_CLOCK_OFFSET_MS ?? 0);
  if (frozen === undefined && offset === 0) return;
  const now = () => (frozen === undefined ? RealDate.now() + offset : Number(frozen));
  globalThis.Date = class Date extends RealDate {
    constructor(...parts) {
      if (parts.length === 0) super(now());
      else super(...parts);
    }
    static now() {
      return now();
    }
  };
}

// A CommonJS module finds packages by NODE_PATH itself; what an ES module needs for that, a thread of its own, takes time to start.
function load(path) {
  const isCommonJs = !path.endsWith('.mjs') && !existsSync(join(root, 'package.json')) && !IMPORT.test(readFileSync(path, 'utf8'));
  if (isCommonJs) {
    keepCompiledCode();
    return createRequire(path)(path);
  }
  resolveSdkFromNodePath();
  return import(pathToFileURL(path));
}

// The same bundle is started hundreds of times: what V8 has compiled of it is kept in a file from the first time on. Code from such
// a file cannot call import(), so that modules of Node.js itself come by a function of ours.
function keepCompiledCode() {
  const folder = process.env.EMULATOR_CODE_CACHE;
  const plain = Module.prototype._compile;
  Module.prototype._compile = function compile(content, filename) {
    if (!folder || content.length < LARGE || IMPORT.test(content)) return plain.call(this, content, filename);
    const code = content.replace(IMPORT_OF_NODE, 'importOfNode(');
    const kept = join(folder, `${createHash('sha1').update(code).digest('hex')}.v8`);
    const cachedData = existsSync(kept) ? readFileSync(kept) : undefined;
    const parameters = 'exports, require, module, __filename, __dirname, importOfNode';
    const script = new Script(`(function (${parameters}) { ${code}\n})`, { filename, cachedData });
    if (!cachedData || script.cachedDataRejected) {
      toKeep.push(() => {
        writeFileSync(`${kept}.${process.pid}`, script.createCachedData());
        renameSync(`${kept}.${process.pid}`, kept);
      });
    }
    const run = script.runInThisContext();
    return run.call(this.exports, this.exports, createRequire(filename), this, filename, dirname(filename), (name) => import(name));
  };
}

// The runtime's own @aws-sdk packages come from NODE_PATH, for ES modules too.
function resolveSdkFromNodePath() {
  const folder = process.env.NODE_PATH?.split(':')[0];
  if (!folder) return;
  const hook = `
    import { createRequire } from 'node:module';
    const require = createRequire('file://${folder}/x.js');
    export async function resolve(specifier, context, next) {
      try { return await next(specifier, context); }
      catch (error) {
        if (specifier[0] === '.' || specifier[0] === '/') throw error;
        return next(require.resolve(specifier), context);
      }
    }`;
  register('data:text/javascript,' + encodeURIComponent(hook));
}

// The CDK's custom resource frameworks answer with https.request whatever the scheme and port of ResponseURL.
function answerCustomResourcesInPlainHttp() {
  const viaTls = https.request;
  const port = new URL(process.env.AWS_ENDPOINT_URL).port;
  https.request = (options, ...rest) => {
    const isAnswer = typeof options === 'object' && /cfnresponse/.test(options.path ?? '');
    return isAnswer ? http.request({ ...options, protocol: 'http:', port, agent: undefined }, ...rest) : viaTls(options, ...rest);
  };
  syncBuiltinESMExports();
}
