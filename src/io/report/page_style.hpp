// The style sheet of the report.
#pragma once

#include <string_view>

namespace gaxel::io::report {

inline constexpr std::string_view kPageStyle = R"css(
:root { --ink: #1b1e23; --soft: #5b6470; --line: #dfe3e8; --ground: #ffffff; --card: #f6f7f9; --accent: #2b6cb0;
  --good: #2f855a; --warn: #b7621f; }
* { box-sizing: border-box; }
html { background: var(--ground); }
body { margin: 0 auto; padding: 28px 24px 40px; max-width: 1280px; color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif;
  font-variant-numeric: tabular-nums; }
h1 { font-size: 26px; line-height: 1.25; margin: 0; letter-spacing: -0.01em; }
h2 { font-size: 17px; margin: 34px 0 10px; padding-bottom: 5px; border-bottom: 1px solid var(--line); }
p { margin: 6px 0; }
code { font: 0.92em ui-monospace, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
.under { color: var(--soft); margin-top: 4px; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(135px, 1fr)); gap: 10px; margin: 20px 0 0; }
.facts div { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 9px 14px; }
.facts dt { color: var(--soft); font-size: 12.5px; }
.facts dd { margin: 0; font-size: 19px; font-weight: 600; }
.stop { margin: 14px 0 0; padding: 9px 14px; border-radius: 8px; border: 1px solid var(--line);
  border-left: 5px solid var(--good); }
.stop.unfinished, .warnings { border-left-color: var(--warn); }
ul { margin: 6px 0; padding-left: 22px; }
.warnings { margin-top: 12px; padding: 9px 14px; border: 1px solid var(--line); border-left: 5px solid var(--warn);
  border-radius: 8px; background: #fff8f0; }
.panels { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 16px; align-items: start; }
.panels.few { grid-template-columns: repeat(auto-fit, minmax(0, 540px)); justify-content: center; }
figure { margin: 0; }
svg { display: block; width: 100%; height: auto; font-family: inherit; }
svg text { fill: var(--ink); font-size: 11.5px; }
svg .title { font-size: 14px; font-weight: 600; }
svg .axis { font-size: 12px; fill: var(--soft); }
svg .outline { fill: none; stroke: #fff; stroke-width: 1.3; stroke-opacity: 0.85; }
svg .mark { fill: #fff; font-size: 13px; font-weight: 700; paint-order: stroke; stroke: #000; stroke-width: 2.5px;
  stroke-opacity: 0.55; }
.key { color: var(--soft); font-size: 13.5px; }
.swatch { display: inline-block; width: 12px; height: 12px; border-radius: 3px; vertical-align: -1px;
  margin-right: 5px; border: 1px solid rgba(0, 0, 0, 0.25); }
.columns { display: grid; grid-template-columns: minmax(0, 9fr) minmax(0, 4fr); gap: 32px; align-items: start; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
th { text-align: left; color: var(--soft); font-weight: 600; font-size: 12.5px; border-bottom: 2px solid var(--line);
  padding: 5px 8px; }
td { padding: 4px 8px; border-bottom: 1px solid var(--line); vertical-align: top; }
td.number, th.number { text-align: right; font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: 13.5px; }
th.number { font-family: inherit; font-size: 12.5px; }
tbody tr:first-child td { border-top: 1px solid #b9c0c9; }
td.who { background: var(--card); }
td.who .name { font-weight: 600; overflow-wrap: anywhere; }
td.who .kind { color: var(--soft); font-size: 13px; }
tr.held td.number { color: var(--soft); }
.flag { color: var(--warn); font-weight: 600; }
dl.legend dt { font-weight: 600; margin-top: 8px; }
dl.legend dd { margin: 0; }
details { margin-top: 16px; }
summary { cursor: pointer; color: var(--accent); }
.boxes { display: grid; gap: 12px; margin-top: 8px; }
.copy { display: flex; justify-content: space-between; align-items: baseline; color: var(--soft); font-size: 13px; }
button { font: inherit; color: var(--accent); background: var(--card); border: 1px solid var(--line);
  border-radius: 6px; padding: 2px 12px; cursor: pointer; }
textarea { width: 100%; margin-top: 4px; padding: 8px; border: 1px solid var(--line); border-radius: 6px;
  font: 12px/1.4 ui-monospace, "DejaVu Sans Mono", monospace; white-space: pre; color: var(--ink);
  background: var(--card); resize: vertical; }
.scroll, .corner { overflow-x: auto; }
.corner figure { min-width: 680px; max-width: 980px; margin: 0 auto; }
footer { margin-top: 34px; color: var(--soft); font-size: 13px; border-top: 1px solid var(--line); padding-top: 10px; }
@media (max-width: 900px) { .panels, .columns { grid-template-columns: minmax(0, 1fr); } }
@media print { body { padding: 0; font-size: 10.5pt; max-width: none; } .panels, tbody { break-inside: avoid; }
  h2 { break-after: avoid; } * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
)css";

}  // namespace gaxel::io::report
