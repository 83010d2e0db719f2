import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Plugin } from 'vite';

const TEXT = /\.(html|js|css|svg|json|webmanifest|txt)$/;

/** Writes a .gz and a .br beside every text file of the build, for nginx. */
export function precompress(): Plugin {
  let outDir = '';
  return {
    name: 'precompress',
    apply: 'build',
    configResolved(config) {
      outDir = join(config.root, config.build.outDir);
    },
    // After the service worker is written.
    closeBundle: {
      order: 'post',
      sequential: true,
      handler: () => compressAll(outDir),
    },
  };
}

async function compressAll(outDir: string): Promise<void> {
  const entries = await readdir(outDir, {
    recursive: true,
    withFileTypes: true,
  });
  const files = entries.filter((e) => e.isFile() && TEXT.test(e.name));
  await Promise.all(
    files.map((file) => compress(join(file.parentPath, file.name))),
  );
}

async function compress(path: string): Promise<void> {
  const bytes = await readFile(path);
  const [gz, br] = await Promise.all([
    promisify(gzip)(bytes, { level: 9 }),
    promisify(brotliCompress)(bytes, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 11 },
    }),
  ]);
  await Promise.all([writeFile(`${path}.gz`, gz), writeFile(`${path}.br`, br)]);
}
