// Writes each dashboard out as TypeScript, so that the compiler reads its JSON as literals of Grafana's own types:
// a wrong word, a missing key and a key too many are errors with the name of the panel's constant.
// node emit.js [FOLDER OF DASHBOARDS]
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.argv[2] ?? process.env.DASHBOARDS ?? join('..', 'dashboards');
const TYPES = {
  stat: 'StatPanel',
  bargauge: 'BargaugePanel',
  timeseries: 'TimeseriesPanel',
  'state-timeline': 'StatetimelinePanel',
  table: 'TablePanel',
};

mkdirSync('emitted', { recursive: true });
for (const locale of readdirSync(folder)) {
  for (const file of readdirSync(join(folder, locale))) {
    const { panels, ...frame } = JSON.parse(readFileSync(join(folder, locale, file), 'utf8'));
    const lines = [
      `import type { Frame, ${[...new Set(Object.values(TYPES))].join(', ')} } from '../types.js';`,
      `export const frame: Frame = ${JSON.stringify(frame, null, 2)};`,
      ...panels.map((panel) => `export const panel${panel.id}: ${TYPES[panel.type]} = ${JSON.stringify(panel, null, 2)};`),
    ];
    writeFileSync(join('emitted', `${locale}-${file.replace('.json', '')}.ts`), lines.join('\n') + '\n');
  }
}
