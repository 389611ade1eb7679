// Shows panels as Grafana would, by its own code (@grafana/data): transformations, units, thresholds, mappings, names.
// Reads [{panel, results: [{refId, format, legend, result}]}] with Prometheus' answers, writes [{header, rows}] of
// tables and [{rows}] of figures and bars, each cell with its text and colour. What is drawn is not tried here.
'use strict';
const { readFileSync } = require('node:fs');

// The little of a browser that the package asks for when it is loaded.
globalThis.window = globalThis;
globalThis.localStorage = { getItem: () => null, setItem: () => undefined };
globalThis.location = { search: '', href: '' };
Object.defineProperty(globalThis, 'navigator', { value: { userAgent: '', language: 'zh-CN', languages: ['zh-CN'] } });
globalThis.document = {
  createElement: () => ({ getContext: () => null, style: {} }),
  documentElement: { style: {} },
  addEventListener: () => undefined,
  body: {},
};

const grafana = require('@grafana/data');
const { firstValueFrom } = require('rxjs');

const ZONE = 'Asia/Shanghai';
const STANDARD = ['unit', 'min', 'max', 'decimals', 'displayName', 'color', 'noValue', 'links', 'mappings', 'thresholds'];
const CUSTOM = ['cellOptions', 'width', 'align', 'transform'];
const theme = grafana.createTheme();

function property(id, isCustom) {
  const path = isCustom ? id.replace('custom.', '') : id;
  return { id, path, isCustom, name: id, process: (value) => value, shouldApply: () => true, settings: {} };
}

const properties = new grafana.Registry(() => [
  ...STANDARD.map((id) => property(id, false)),
  ...CUSTOM.map((id) => property(`custom.${id}`, true)),
]);
const transformers = new Map(Object.values(grafana.standardTransformers).map((one) => [one.id, one]));
grafana.standardTransformersRegistry.setInit(() =>
  [...transformers.values()].map((one) => ({ id: one.id, name: one.name, transformation: one }))
);

function samples({ value, values }) {
  return value ? [value] : values;
}

function named(legend, labels) {
  return legend.replace(/\{\{(.*?)\}\}/g, (_, name) => labels[name.trim()] ?? '');
}

// A query's answer as one table, as Prometheus' plugin makes it: time, labels in their order, value.
function table({ refId, result }, several) {
  const labels = [...new Set(result.flatMap((series) => Object.keys(series.metric)))].sort();
  const rows = result.flatMap((series) => samples(series).map(([at, value]) => [at, series.metric, value]));
  return grafana.toDataFrame({
    refId,
    fields: [
      { name: 'Time', type: 'time', values: rows.map(([at]) => at * 1000) },
      ...labels.map((name) => ({ name, type: 'string', values: rows.map(([, metric]) => metric[name] ?? '') })),
      { name: several ? `Value #${refId}` : 'Value', type: 'number', values: rows.map(([, , value]) => Number(value)) },
    ],
  });
}

function curves({ refId, legend, result }) {
  return result.map((series) => {
    const values = samples(series);
    const config = { displayNameFromDS: named(legend, series.metric) };
    return grafana.toDataFrame({
      refId,
      fields: [
        { name: 'Time', type: 'time', values: values.map(([at]) => at * 1000) },
        { name: 'Value', type: 'number', labels: series.metric, config, values: values.map(([, value]) => Number(value)) },
      ],
    });
  });
}

function cell(field, value) {
  const { prefix = '', text, suffix = '', color } = field.display ? field.display(value) : { text: String(value) };
  return { text: prefix + text + suffix, color };
}

async function shown({ panel, results }) {
  const several = results.length > 1;
  let frames = results.flatMap((one) => (one.format === 'table' ? [table(one, several)] : curves(one)));
  if (panel.transformations) {
    frames = await firstValueFrom(grafana.transformDataFrame(panel.transformations, frames));
  }
  const options = { fieldConfig: panel.fieldConfig, replaceVariables: (text) => text, theme, timeZone: ZONE };
  const data = grafana.applyFieldOverrides({ ...options, data: frames, fieldConfigRegistry: properties });
  if (panel.type !== 'table') {
    const found = grafana.getFieldDisplayValues({ ...options, data, reduceOptions: panel.options.reduceOptions });
    return {
      rows: found.map(({ display: { title, prefix = '', text, suffix = '', color } }) => ({
        title,
        text: prefix + text + suffix,
        color,
      })),
    };
  }
  const [frame] = data;
  return {
    header: frame.fields.map((field) => grafana.getFieldDisplayName(field, frame, data)),
    rows: [...Array(frame.length).keys()].map((row) => frame.fields.map((field) => cell(field, field.values[row]))),
  };
}

Promise.all(JSON.parse(readFileSync(0, 'utf8')).map(shown)).then((all) => process.stdout.write(JSON.stringify(all)));
