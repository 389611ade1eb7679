// What a dashboard of JSON must look like, by Grafana's own types. JSON knows no enums: `Plain` takes each enum for
// the texts of its members. Options are those of each panel's plugin. Queries have no types of their own in the
// package; what is said of them here is what Prometheus' plugin reads.
import type {
  AnnotationQuery,
  Dashboard,
  DataQuery,
  FieldConfig,
  GraphFieldConfig,
  MatcherConfig,
  Panel,
  TableFieldOptions,
} from '@grafana/schema';
import type { Options as BarGauge } from '@grafana/schema/dist/esm/raw/composable/bargauge/panelcfg/x/BarGaugePanelCfg_types.gen.js';
import type { Options as Stat } from '@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen.js';
import type {
  FieldConfig as TimelineField,
  Options as Timeline,
} from '@grafana/schema/dist/esm/raw/composable/statetimeline/panelcfg/x/StateTimelinePanelCfg_types.gen.js';
import type { Options as Table } from '@grafana/schema/dist/esm/raw/composable/table/panelcfg/x/TablePanelCfg_types.gen.js';
import type { Options as TimeSeries } from '@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen.js';

export type Plain<T> = T extends string
  ? `${T}`
  : T extends number | boolean | null | undefined
    ? T
    : T extends readonly (infer Each)[]
      ? Plain<Each>[]
      : T extends object
        ? { [Key in keyof T]: Plain<T[Key]> }
        : T;

type Part<T> = T extends readonly (infer Each)[] ? Part<Each>[] : T extends object ? { [Key in keyof T]?: Part<T[Key]> } : T;

type Query = Plain<DataQuery> & {
  expr: string;
  format: 'time_series' | 'table';
  instant: boolean;
  range: boolean;
  legendFormat: string;
  editorMode: 'code';
};

type Of<Options, Custom> = Omit<Plain<Panel>, 'options' | 'fieldConfig' | 'targets'> & {
  options: Part<Plain<Options>>;
  targets: Query[];
  fieldConfig: {
    defaults: Omit<Plain<FieldConfig>, 'custom'> & { custom?: Part<Plain<Custom>> };
    overrides: { matcher: Plain<MatcherConfig>; properties: { id: string; value?: unknown }[] }[];
  };
};

// What Prometheus' plugin reads of an annotation besides its query.
type Marks = Plain<AnnotationQuery<DataQuery & { expr: string; interval: string; instant: boolean; range: boolean }>> & { titleFormat: string };

export type Frame = Omit<Plain<Dashboard>, 'panels' | 'annotations'> & { annotations: { list?: Marks[] } };
export type StatPanel = Of<Stat, Record<string, never>> & { type: 'stat' };
export type BargaugePanel = Of<BarGauge, Record<string, never>> & { type: 'bargauge' };
export type TimeseriesPanel = Of<TimeSeries, GraphFieldConfig> & { type: 'timeseries' };
export type StatetimelinePanel = Of<Timeline, TimelineField> & { type: 'state-timeline' };
export type TablePanel = Of<Table, TableFieldOptions> & { type: 'table' };
