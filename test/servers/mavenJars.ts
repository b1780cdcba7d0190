/** Java servers as jars from Maven Central, fetched once and kept under the system's temporary folder. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { needCommand, ServerUnavailable } from './unavailable.ts';

export interface JavaServer {
  readonly java: string;
  /** For `java -cp`. */
  readonly classpath: string;
}

export interface MavenArtifact {
  readonly group: string;
  readonly name: string;
  readonly version: string;
}

const dependency = ({ group, name, version }: MavenArtifact): string =>
  `<dependency><groupId>${group}</groupId><artifactId>${name}</artifactId><version>${version}</version></dependency>`;

const pom = (artifacts: readonly MavenArtifact[]): string => `<?xml version="1.0" encoding="UTF-8"?>
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>causeway</groupId>
  <artifactId>server</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    ${artifacts.map(dependency).join('\n    ')}
  </dependencies>
</project>
`;

/** The artifacts and all they need at run time. @throws ServerUnavailable without java or Maven, or when Maven cannot fetch */
export async function mavenJars(...artifacts: readonly MavenArtifact[]): Promise<JavaServer> {
  const java = await needCommand('java', 'Debian: default-jre-headless');
  const cache = join(tmpdir(), 'causeway-servers');
  const label = artifacts.map(({ name, version }) => `${name}-${version}`).join('+');
  const folder = join(cache, label);
  const classpath = join(folder, '*');
  if ((await readdir(folder).catch(() => [])).length > 0) return { java, classpath };

  const mvn = await needCommand('mvn', 'Debian: maven');
  await mkdir(cache, { recursive: true });
  // Fetched beside and moved into place at once: another test process may be fetching the same.
  const work = await mkdtemp(join(cache, 'fetch-'));
  try {
    await writeFile(join(work, 'pom.xml'), pom(artifacts));
    const args = ['-q', '-B', '-f', join(work, 'pom.xml'), 'dependency:copy-dependencies', '-DincludeScope=runtime'];
    await promisify(execFile)(mvn, [...args, `-DoutputDirectory=${join(work, 'jars')}`], { timeout: 600_000 }).catch(
      (error: { stdout?: string; message: string }) => {
        const reason = (error.stdout ?? error.message).split('\n').find((line) => line.includes('ERROR')) ?? error.message;
        throw new ServerUnavailable(`Maven could not fetch ${label}: ${reason}`);
      },
    );
    await rename(join(work, 'jars'), folder).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return { java, classpath };
}
