import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from "@mantine/core";

const ink: MantineColorsTuple = [
  "#eef2fb", "#dbe4f5", "#b7c8ea", "#92abdf", "#7090d3",
  "#5476c3", "#3f60ae", "#314e94", "#263d76", "#1c2d58",
];

const night: MantineColorsTuple = [
  "#e8e6e1", "#cbc9c4", "#aeaca7", "#7d7b77", "#55534f",
  "#413f3c", "#31302d", "#1e1d1c", "#191817", "#121110",
];

const interfaceFont =
  'ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", Arial, sans-serif';
export const readingFont =
  '"Iowan Old Style", "Charter", "Source Serif 4", "Palatino Linotype", Georgia, "Noto Serif", serif';

/** White on shade 7 and 6 passes 4.5:1. */
const danger: MantineColorsTuple = [
  "#fdecea", "#f8d3d0", "#efaaa5", "#e27f78", "#d65b52",
  "#c63d34", "#b02525", "#a52222", "#871a1a", "#651212",
];

export const theme = createTheme({
  colors: { ink, dark: night, danger },
  primaryColor: "ink",
  primaryShade: { light: 7, dark: 6 },
  autoContrast: true,
  fontFamily: interfaceFont,
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Code", Menlo, Consolas, monospace',
  headings: { fontFamily: readingFont, fontWeight: "600" },
  defaultRadius: "md",
  cursorType: "pointer",
  respectReducedMotion: true,
});

/** The default dimmed grey and placeholder fail 4.5:1; these pass on paper and on surface. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: { "--reading-font": readingFont },
  light: {
    "--mantine-color-body": "#ffffff",
    "--mantine-color-text": "#22252b",
    "--mantine-color-dimmed": "#5b616b",
    "--mantine-color-placeholder": "#666c76",
    "--mantine-color-error": "#b02525",
    "--paper": "#f8f6f2",
    "--surface": "#ffffff",
    "--line": "#e4e0d9",
    "--line-strong": "#c9c4bb",
    "--accent": "#314e94",
    "--accent-wash": "#eef2fb",
    "--rubric": "#9d2f2a",
    "--good": "#23683c",
    "--warn": "#8a4b08",
    "--warn-wash": "#fdf3e1",
    "--bad": "#a52222",
    "--bad-wash": "#fdecea",
    "--mark": "#ffec9e",
    "--proposal": "#7b3f8c",
    "--proposal-wash": "#f7f0f9",
    "--proposal-line": "#b48cc0",
    "--comment-wash": "#fdf3dc",
    "--comment-line": "#c9922e",
    "--shadow": "0 1px 2px rgb(40 32 20 / 6%), 0 8px 28px rgb(40 32 20 / 6%)",
  },
  dark: {
    "--mantine-color-body": "#1e1d1c",
    "--mantine-color-text": "#e8e6e1",
    "--mantine-color-dimmed": "#a9a7a2",
    "--mantine-color-placeholder": "#9b9994",
    "--mantine-color-error": "#ff9c93",
    "--paper": "#161514",
    "--surface": "#1e1d1c",
    "--line": "#33312e",
    "--line-strong": "#4b4945",
    "--accent": "#a3b9e8",
    "--accent-wash": "#252c3d",
    "--rubric": "#e58d84",
    "--good": "#86cf9c",
    "--warn": "#f0bd78",
    "--warn-wash": "#37291a",
    "--bad": "#ff9c93",
    "--bad-wash": "#3b2220",
    "--mark": "#6a5713",
    "--proposal": "#d9aee6",
    "--proposal-wash": "#2c2330",
    "--proposal-line": "#8a6496",
    "--comment-wash": "#3a3020",
    "--comment-line": "#b98a3c",
    "--shadow": "0 1px 2px rgb(0 0 0 / 40%), 0 8px 28px rgb(0 0 0 / 30%)",
  },
});
