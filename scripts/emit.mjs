// prepack of each published package: emits JavaScript and declarations to dist/, since Node does not run TypeScript inside node_modules.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const here = process.cwd();
const { name, exports } = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'));
const config = join(here, 'tsconfig.emit.json');
writeFileSync(
  config,
  JSON.stringify({
    extends: join(root, 'tsconfig.json'),
    compilerOptions: { noEmit: false, declaration: true, rewriteRelativeImportExtensions: true, rootDir: 'src', outDir: 'dist' },
    include: ['src'],
    exclude: ['src/**/*.test.ts', 'src/**/*.test-d.ts', 'src/**/*.fixture.ts'],
  }),
);
rmSync(join(here, 'dist'), { recursive: true, force: true });
const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');
const { status } = spawnSync(process.execPath, [tsc, '-p', config], { stdio: 'inherit' });
rmSync(config);
if (status !== 0 || !existsSync(join(here, exports['.'].default))) {
  console.error(`prepack of ${name}: no JavaScript was emitted`);
  process.exit(1);
}
