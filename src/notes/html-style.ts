/** Page style: blue and orange, which most colour-blind readers distinguish; severities have words as well. */
export const STYLE = `
:root{color-scheme:light dark;--fg:#1b1f24;--dim:#5b6570;--bg:#fff;--soft:#f3f5f7;--rule:#d5dae0;--a:#0b62b8;--b:#b45309;--c:#4b5563;--crit:#b3261e}
@media(prefers-color-scheme:dark){:root{--fg:#e4e7eb;--dim:#9aa4af;--bg:#14171a;--soft:#1e2328;--rule:#333a42;--a:#6fb1f5;--b:#f0a050;--c:#a9b3be;--crit:#ff8a80}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--fg);font:15px/1.5 system-ui,sans-serif}
main{max-width:1080px;margin:0 auto;padding:24px 16px 48px}
h1{margin:0;font-size:26px;overflow-wrap:anywhere}
h2{margin:32px 0 8px;font-size:17px;border-bottom:1px solid var(--rule);padding-bottom:4px}
header p,footer,.when,figcaption{color:var(--dim)}
header strong{color:var(--fg)}
footer{margin-top:40px;font-size:13px}
code,pre{font-family:ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace;font-size:13px}
code{overflow-wrap:anywhere}
pre{margin:8px 0;padding:12px;background:var(--soft);overflow-x:auto;line-height:1.25}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:14px}
th,td{text-align:left;vertical-align:top;padding:3px 12px 3px 0;border-bottom:1px solid var(--rule)}
th{color:var(--dim);font-weight:600}
td:first-child{white-space:nowrap;font-variant-numeric:tabular-nums}
dl{display:grid;grid-template-columns:max-content 1fr;gap:2px 16px;margin:0}
dt{color:var(--dim)}
dd{margin:0;overflow-wrap:anywhere}
.findings{list-style:none;padding:0;margin:0}
.findings>li{border-left:4px solid var(--c);padding:6px 0 6px 12px;margin:0 0 12px}
.findings>li.crit{border-color:var(--crit)}
.findings>li.crit>b{color:var(--crit)}
.findings>li.warn{border-color:var(--b)}
.findings>li.warn>b{color:var(--b)}
.findings>li.over{border-left-style:dotted}
.findings ul{margin:4px 0;padding-left:18px}
summary{cursor:pointer;padding:4px 0}
figure{margin:12px 0}
figure.flame svg{max-width:100%;height:auto}
figcaption{font-size:14px}
.key{margin-left:12px;white-space:nowrap}
.chart{width:100%;height:auto;display:block}
svg text{font:11px system-ui,sans-serif;fill:var(--dim)}
.grid{stroke:var(--rule)}
.line{fill:none;stroke-width:1.6;stroke:var(--a);stroke-linejoin:round;stroke-linecap:round}
.l1{stroke:var(--b)}.l2{stroke:var(--c)}
.mark{stroke:var(--c);stroke-width:2;stroke-dasharray:2 2}
.mark.crit{stroke:var(--crit)}.mark.warn{stroke:var(--b)}
@media print{details{break-inside:avoid}.player{display:none}}
`;
