// The part of uPlot that the page uses, so that checking its types needs no installed package.

declare module 'uplot' {
  namespace UPlot {
    type AlignedData = readonly (readonly (number | null)[])[];

    interface Axis {
      readonly stroke: string;
      readonly grid: { readonly stroke: string; readonly width: number };
      readonly ticks: { readonly stroke: string; readonly width: number };
      readonly size?: number;
    }

    interface Options {
      readonly width: number;
      readonly height: number;
      readonly legend: { readonly show: boolean };
      readonly cursor: { readonly show: boolean };
      readonly scales: {
        readonly x: { readonly time: boolean; readonly range: readonly [number, number] };
        readonly y: { readonly range: (plot: UPlot, least: number, most: number) => readonly [number, number] };
      };
      readonly axes: readonly Axis[];
      readonly series: readonly { readonly stroke?: string; readonly width?: number; readonly spanGaps?: boolean }[];
    }
  }

  /** A chart on a canvas. Source: https://github.com/leeoniya/uPlot/tree/master/docs */
  class UPlot {
    constructor(options: UPlot.Options, data: UPlot.AlignedData, target: HTMLElement);
    setData(data: UPlot.AlignedData): void;
    setSize(size: { readonly width: number; readonly height: number }): void;
    destroy(): void;
  }

  export default UPlot;
}
