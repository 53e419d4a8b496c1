/** The style sheet of the report: readable in light, in dark and on paper; no font or picture from outside. */
import { FONT } from './frame.ts';
import { INK, MUTED, PAPER } from './palette.ts';

export function reportStyleSheet(): string {
  return `
:root{color-scheme:light dark;--paper:${PAPER.light};--ink:${INK.light};--muted:${MUTED.light};--line:#d5d9de;--panel:#f5f6f8;--bad:#b42318;--good:#0a6b4d}
@media screen and (prefers-color-scheme:dark){:root{--paper:${PAPER.dark};--ink:${INK.dark};--muted:${MUTED.dark};--line:#363d45;--panel:#1c2127;--bad:#ff8a80;--good:#5fd3a8}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 ${FONT}}
main{max-width:980px;margin:0 auto;padding:32px 24px 64px}
h1{font-size:1.75rem;line-height:1.2;margin:0 0 4px}
h2{font-size:1.2rem;margin:40px 0 12px;padding-bottom:6px;border-bottom:1px solid var(--line)}
p{margin:8px 0}
.lead,.note,figcaption,caption{color:var(--muted)}
.note,figcaption{font-size:.92rem}
dl{display:grid;grid-template-columns:max-content 1fr;gap:4px 20px;margin:0}
dt{color:var(--muted)}
dd{margin:0;overflow-wrap:anywhere}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.9rem;font-variant-numeric:tabular-nums}
caption{text-align:left;padding-bottom:8px}
th,td{padding:6px 10px;text-align:right;border-bottom:1px solid var(--line);vertical-align:baseline;white-space:nowrap}
th{font-weight:600}
thead th{vertical-align:bottom;border-bottom:2px solid var(--line);white-space:normal}
th[scope=row],th.text,td.text{text-align:left}
td small{display:block;font-size:.85em;color:var(--muted)}
.worse,td small.worse{color:var(--bad);font-weight:600}
.better,td small.better{color:var(--good)}
figure{margin:24px 0}
figure svg{display:block;width:100%;height:auto;border:1px solid var(--line);border-radius:8px}
figcaption{margin-top:8px}
pre{background:var(--panel);border:1px solid var(--line);border-radius:8px;padding:12px 14px;white-space:pre-wrap;overflow-wrap:anywhere}
code{font-family:ui-monospace,'SF Mono',Menlo,Consolas,'DejaVu Sans Mono',monospace;font-size:.9em;overflow-wrap:anywhere}
.failure{border-left:4px solid var(--bad);background:var(--panel);padding:10px 16px;margin:16px 0}
li{margin:4px 0}
@media print{@page{margin:16mm}body{font-size:11pt}main{max-width:none;padding:0}.scroll{overflow:visible}table{font-size:8.5pt}th,td{padding:3px 5px}
figure,tr,pre,dl{break-inside:avoid}h2{break-after:avoid}thead{display:table-header-group}figure svg{border:0}}
`;
}
