// SPDX-License-Identifier: GPL-2.0-or-later
'use strict';

// The run, as core/report/page_data.h describes it. Nothing below makes markup out of its texts.
const run = JSON.parse(document.getElementById('run').textContent);

const arrowKinds = ['wake-up', 'interrupt', 'timer', 'reads from'];
const slotKinds = ['task', 'softirq', 'hardirq', 'nmi'];
const parts = ['timers', 'variables', 'locks', 'interrupts', 'contexts'];
const ordinary = {locks: 'free', interrupts: 'on'}; // said only where it has just become so

const [diagram, statePanel, filter, view, slider] =
    ['diagram', 'state', 'filter', 'view', 'slider'].map((id) => document.getElementById(id));

let lines = [];      // what the view shows, each made of rows of the run
let selectedRow = 0; // the last row of the selected line

// --- elements -----------------------------------------------------------------------------------

function make(tag, className, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

function makeSvg(tag, attributes) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

const classOf = (kind) => kind.replace(' ', '-');

// Long kernel names break at their underscores, those of contexts at the slash.
function breakable(name) {
  const pieces = name.split(/(?<=[_/])/);
  return pieces.flatMap((piece, i) => (i === 0 ? [piece] : [make('wbr'), piece]));
}

// --- lines --------------------------------------------------------------------------------------

// A turn ends where another context acts, time goes on or the story begins a new number.
function beginsTurn(row, line) {
  if (!line || row.clock || line.first.clock || row.who !== line.first.who) return true;
  return line.told.length > 0 && (row.told || []).some((sentence) => sentence.number);
}

function makeLines() {
  lines = [];
  run.rows.forEach((row, i) => {
    let line = lines[lines.length - 1];
    if (view.value === 'rows' || beginsTurn(row, line)) {
      line = {first: row, rows: [], told: [], last: i};
      lines.push(line);
    }
    line.rows.push(row);
    line.told.push(...(row.told || []));
    line.last = i;
  });
  if (view.value !== 'rows' || lines.length > longRun) lines = foldRepeats(lines);
}

// --- what repeats -------------------------------------------------------------------------------

// Of a round of lines that comes at least three times in a row, one is shown, and a line for the
// others, which a click opens. Every step is shown as it is, unless there are very many.
const longestRound = 12;
const longRun = 1000;
const unfolded = new Set(); // the first rows of those that are open

// Lines that are alike say the same; marked ones are like no other.
function likenessOf(line, i) {
  const special = line.rows.some((row) => row.decided) || line.told.some((told) => told.breaks);
  if (special) return 'line ' + i;
  if (line.first.clock) return 'clock';
  return [line.first.who, labelOf(line), ...line.told.map((told) => told.text)].join('\n');
}

// How often the `length` lines from `at` on come there one after the other.
function roundsAt(alike, at, length) {
  let end = at + length;
  while (end < alike.length && alike[end] === alike[end - length]) ++end;
  return Math.floor((end - at) / length);
}

function foldedLine(hidden, length) {
  const [first, last] = [hidden[0], hidden[hidden.length - 1]];
  return {first: first.first, rows: hidden.flatMap((line) => line.rows), told: [], last: last.last,
          folded: {key: first.last, length, rounds: hidden.length / length}};
}

function foldRepeats(all) {
  const alike = all.map(likenessOf);
  const shown = [];
  for (let at = 0; at < all.length;) {
    let [length, rounds] = [1, 1];
    for (; length <= longestRound; ++length)
      if ((rounds = roundsAt(alike, at, length)) >= 3) break;
    if (rounds < 3 || length > longestRound || rounds * length < 6) {
      shown.push(all[at++]);
      continue;
    }
    const hidden = all.slice(at + length, at + rounds * length);
    shown.push(...all.slice(at, at + length));
    if (unfolded.has(hidden[0].last)) shown.push(...hidden);
    else shown.push(foldedLine(hidden, length));
    at += rounds * length;
  }
  return shown;
}

function foldText({first, rows, folded}) {
  const {length, rounds} = folded;
  const last = rows[rows.length - 1];
  const what = length === 1 ? 'The same' : `These ${length} lines`;
  return `${what} ${rounds} times more, from jiffy ${first.jiffy} to ${last.jiffy}`;
}

// Opens what hides a row.
function unfold(line) {
  unfolded.add(line.folded.key);
  drawDiagram();
}

// What stands in a line's box: the operation, or the kernel's function rather than a helper of it.
function labelOf(line) {
  if (view.value === 'rows') return line.first.function;
  const op = line.rows.find((row) => row.op);
  if (op) return op.op;
  return (line.rows.find((row) => !row.inner && row.function) || line.first).function;
}

const eventsOf = (rows) => rows.flatMap((row) => row.events || []).map((event) => event.text);

function textOf(line) {
  const texts = line.rows.flatMap((row) => [row.who, row.context, row.function]);
  const told = line.told.map((sentence) => sentence.text);
  const clock = line.first.clock ? ['jiffy ' + line.first.jiffy] : [];
  const source = line.rows.flatMap((row) => row.source || []).flat();
  return [...texts, ...told, ...clock, ...eventsOf(line.rows), ...source].join(' ').toLowerCase();
}

// --- the diagram --------------------------------------------------------------------------------

function sentenceElement(sentence) {
  const number = sentence.number ? sentence.number + '. ' : '';
  const text = sentence.text.replaceAll('**', '');
  return make('span', sentence.breaks ? 'breaks' : '', ...breakable(number + text + ' '));
}

// Each step's lines of source; of a turn the last one, where the context stands then.
function sourceElements(line) {
  const all = line.rows.flatMap((row) => row.source || []);
  return (view.value === 'rows' ? all : all.slice(-1)).map(
      ([place, text]) => make('div', 'source', make('span', '', place), make('code', '', text)));
}

function whatElement(line) {
  if (line.folded) return make('div', 'what', foldText(line) + ': a click shows them');
  if (line.first.clock) return make('div', 'what', 'jiffy ' + line.first.jiffy);
  const what = make('div', 'what', ...line.told.map(sentenceElement));
  if (view.value === 'rows') {
    const context = line.first.context ? '[' + line.first.context + '] ' : '';
    what.append(make('div', 'events', make('b', '', context + line.first.function + '() '),
                     eventsOf(line.rows).join('; ')));
  } else if (line.told.length === 0) {
    const names = new Set(line.rows.map((row) => row.function).filter((name) => name));
    what.append(make('div', 'events', [...names].map((name) => name + '()').join(', ')));
  }
  what.append(...sourceElements(line));
  return what;
}

// Contexts that share a CPU with the task that its lane is named after look different, and say
// who they are.
const isGuest = (row) => !row.clock && row.slot === 'task' && row.who !== run.cpus[row.cpu];

function boxElement(line) {
  const {who, context, function: name} = line.first;
  const guest = isGuest(line.first);
  const label = guest ? [make('b', '', who), make('br')] : [];
  const box = make('div', `box function ${guest ? 'guest' : line.first.slot}`, ...label,
                   ...breakable(labelOf(line)));
  const texts = [who, context, name + '()', ...eventsOf(line.rows)];
  box.title = texts.filter((text) => text).join('\n');
  line.box = box;
  return box;
}

function lineElement(line) {
  const number = (text) => make('div', 'number', String(text));
  const element = make('div', 'line', number(line.first.step), number(line.first.jiffy));
  run.cpus.forEach((_, cpu) => {
    const here = !line.folded && !line.first.clock && line.first.cpu === cpu;
    element.append(make('div', 'lane', ...(here ? [boxElement(line)] : [])));
  });
  element.append(whatElement(line));
  if (line.first.clock) element.classList.add('clock');
  if (line.folded) element.classList.add('folded');
  if (line.rows.some((row) => row.decided)) element.classList.add('decided');
  element.addEventListener('click', () => (line.folded ? unfold(line) : select(line)));
  line.element = element;
  line.text = textOf(line);
  return element;
}

// CPUs on which so little happens that their lanes need no room: a click on the head gives it.
const opened = new Set();
function isIdle(cpu) {
  const told = lines.filter((line) => line.first.cpu === cpu && !line.first.clock);
  return told.length > 0 && !opened.has(cpu) &&
         told.reduce((sum, line) => sum + line.told.length, 0) <= 1;
}

// The sentences always fit beside the lanes: these share what is left.
function layOut() {
  const narrow = diagram.clientWidth < 560;
  const idle = run.cpus.map((_, cpu) => isIdle(cpu));
  const numbers = narrow ? [34, 0] : [52, 46];
  const thin = narrow ? 12 : 24;
  const most = narrow ? 40 : 190;
  const share = narrow ? 0.55 : 0.42;
  const sentences = Math.max(narrow ? 150 : 280, Math.floor(share * diagram.clientWidth));
  const busy = idle.filter((is) => !is).length || 1;
  const room = diagram.clientWidth - numbers[0] - numbers[1] - sentences -
               thin * (idle.length - busy);
  const lane = Math.max(thin, Math.min(busy > 4 ? 120 : most, most, Math.floor(room / busy)));
  const lanes = idle.map((is) => `${is ? thin : lane}px`).join(' ');
  diagram.style.setProperty(
      '--columns', `${numbers[0]}px ${numbers[1]}px ${lanes} minmax(${sentences - 20}px, 1fr)`);
  diagram.classList.toggle('close', lane < 80);
  diagram.classList.toggle('tight', lane < 60);
  diagram.classList.toggle('narrow', narrow);
  document.querySelectorAll('#diagram .lane').forEach((element, i) => {
    element.classList.toggle('idle', idle[i % run.cpus.length]);
  });
  drawArrows();
}

function headElement() {
  const lanes = run.cpus.map((name, cpu) => {
    const lane = make('div', 'lane', name);
    lane.title = name + ': a click makes the lane wide or narrow';
    lane.addEventListener('click', () => {
      if (!opened.delete(cpu)) opened.add(cpu);
      layOut();
    });
    return lane;
  });
  return make('div', 'line head', make('div', 'number', 'step'), make('div', 'number', 'jiffy'),
              ...lanes, make('div', 'what', 'what happens'));
}

function drawDiagram() {
  makeLines();
  diagram.replaceChildren(headElement(), ...lines.map(lineElement));
  layOut();
  applyFilter();
  select(lineOfRow(selectedRow));
}

// Words that must be there, and -words that must not.
function applyFilter() {
  const words = filter.value.toLowerCase().split(/\s+/).filter((word) => word && word !== '-');
  for (const line of lines) {
    line.shown = words.every((word) => (word.startsWith('-') ? !line.text.includes(word.slice(1))
                                                             : line.text.includes(word)));
    line.element.hidden = !line.shown;
    line.element.style.display = line.shown ? '' : 'none';
  }
  drawArrows();
}

// --- arrows -------------------------------------------------------------------------------------

const isOn = (kind) => document.getElementById('kind-' + classOf(kind)).checked;
// The first line whose last row is not before that one.
function lineOfRow(row) {
  let [low, high] = [0, lines.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (lines[middle].last < row) low = middle + 1;
    else high = middle;
  }
  return lines[low];
}

function shownArrows() {
  const known = new Set();
  return run.arrows.filter((arrow) => isOn(arrow.kind)).flatMap((arrow) => {
    const from = lineOfRow(arrow.from);
    const to = lineOfRow(arrow.to);
    const name = [arrow.kind, from.last, to.last].join();
    if (from === to || !from.shown || !to.shown || known.has(name)) return [];
    if (from.folded || to.folded) return [];
    known.add(name);
    return [{kind: arrow.kind, from, to}];
  });
}

// The arrows of a box leave and reach it at heights of their own.
function portsOf(arrows) {
  const ends = new Map();
  for (const arrow of arrows)
    for (const line of [arrow.from, arrow.to])
      ends.set(line, [...(ends.get(line) || []), arrow]);
  return (line, arrow) => {
    const all = ends.get(line);
    return (all.indexOf(arrow) + 1) / (all.length + 1);
  };
}

// Sideways from the box, down beside the other's lane, into the other box.
function pathOf(arrow, port, origin) {
  const from = arrow.from.box.getBoundingClientRect();
  const to = arrow.to.box.getBoundingClientRect();
  const rightwards = to.left > from.left + 1;
  const gap = 3 + 2.5 * arrowKinds.indexOf(arrow.kind);
  const start = rightwards || to.left === from.left ? from.right : from.left;
  const end = rightwards ? to.left : to.right;
  const turn = rightwards ? end - gap : end + gap;
  const x = (value) => (value - origin.x).toFixed(1);
  const y = (rect, line) => (rect.top + rect.height * port(line, arrow) - origin.y).toFixed(1);
  return `M${x(start)} ${y(from, arrow.from)}H${x(turn)}V${y(to, arrow.to)}H${x(end)}`;
}

function markerOf(kind) {
  const name = classOf(kind);
  const marker = makeSvg('marker', {id: 'head-' + name, viewBox: '0 0 6 6', refX: 6, refY: 3,
                                    markerWidth: 7, markerHeight: 7, orient: 'auto',
                                    markerUnits: 'userSpaceOnUse'});
  const style = `fill:var(--${name});opacity:1`;
  marker.append(makeSvg('path', {d: 'M0 0L6 3L0 6z', style}));
  return marker;
}

const isTouched = (arrow) => [arrow.from, arrow.to].some((line) => line.last === selectedRow);
let drawn = []; // [arrow, its path]

function touchArrows() {
  for (const [arrow, path] of drawn) path.classList.toggle('touched', isTouched(arrow));
}

function drawArrows() {
  const old = document.getElementById('arrows');
  if (old) old.remove();
  const arrows = shownArrows();
  const port = portsOf(arrows);
  const rect = diagram.getBoundingClientRect();
  const origin = {x: rect.left - diagram.scrollLeft, y: rect.top - diagram.scrollTop};
  const svg = makeSvg('svg', {id: 'arrows', width: diagram.scrollWidth,
                              height: diagram.scrollHeight});
  svg.append(...arrowKinds.map(markerOf));
  drawn = arrows.map((arrow) => {
    const kind = classOf(arrow.kind);
    return [arrow, makeSvg('path', {d: pathOf(arrow, port, origin), class: kind,
                                    'marker-end': `url(#head-${kind})`,
                                    style: `stroke:var(--${kind})`})];
  });
  svg.append(...drawn.map(([, path]) => path));
  diagram.append(svg);
  touchArrows();
}

// --- state --------------------------------------------------------------------------------------

// Everything that is known after row `last`; what came after row `before` is new.
function stateAfter(last, before) {
  const state = Object.fromEntries(parts.map((part) => [part, new Map()]));
  const set = (part, name, value, row, i) => {
    const old = state[part].get(name);
    const was = old && i > before ? (old.isNew ? old.was : old.value) : undefined;
    state[part].set(name, {value, was, by: row.who, step: row.step, isNew: i > before});
  };
  run.rows.slice(0, last + 1).forEach((row, i) => {
    if (row.clock) return;
    if (row.function) set('contexts', row.who, 'in ' + row.function + '()', row, i);
    for (const event of row.events)
      if (event.state) set(...event.state, row, i);
  });
  return state;
}

function stateRow(name, entry) {
  const changed = entry.was !== undefined && entry.was !== entry.value;
  const arrow = (entry.was + entry.value).length < 14 ? '\u00a0→\u00a0' : ' → ';
  const value = (changed ? entry.was + arrow : '') + entry.value;
  return make('tr', (entry.isNew ? 'touched' : '') + (changed ? ' changed' : ''),
              make('td', '', ...breakable(name)),
              make('td', '', ...breakable(value)), make('td', '', entry.by + ' ' + entry.step));
}

function showState(line) {
  const before = line.last - line.rows.length;
  const state = stateAfter(line.last, before);
  const sections = parts.flatMap((part) => {
    const names = [...state[part].keys()].sort().filter((name) => {
      const entry = state[part].get(name);
      return entry.isNew || entry.value !== ordinary[part];
    });
    if (names.length === 0) return [];
    const rows = names.map((name) => stateRow(name, state[part].get(name)));
    return [make('h2', '', part), make('table', '', ...rows)];
  });
  const step = run.rows[line.last].step;
  statePanel.replaceChildren(
      make('p', '', make('b', '', 'State after step ' + step),
           ', jiffy ' + run.rows[line.last].jiffy,
           '. Values as last stored or loaded, by whom and at which step.'),
      ...sections);
}

// --- selection ----------------------------------------------------------------------------------

// Browsers refuse an address that changes too often: of many changes in a second the last counts.
let changes = [];
let later = 0;
function keepAddress() {
  const now = performance.now();
  changes = changes.filter((at) => at > now - 1000);
  clearTimeout(later);
  if (changes.length >= 10) {
    later = setTimeout(keepAddress, 200);
    return;
  }
  const address = '#' + run.rows[selectedRow].step;
  if (location.hash === address) return;
  changes.push(now);
  location.replace(address);
}

function select(line) {
  if (!line) return;
  for (const other of lines) other.element.classList.toggle('selected', other === line);
  selectedRow = line.last;
  slider.max = lines.length - 1;
  slider.value = lines.indexOf(line);
  line.element.scrollIntoView({block: 'nearest'});
  keepAddress();
  showState(line);
  touchArrows();
}

function move(by, wanted = () => true) {
  let i = lines.indexOf(lineOfRow(selectedRow)) + by;
  while (lines[i] && !(lines[i].shown && wanted(lines[i]))) i += by;
  select(lines[i]);
}

const isDecided = (line) => line.rows.some((row) => row.decided);

function toggleView() {
  view.value = view.value === 'rows' ? 'turns' : 'rows';
  drawDiagram();
}

function clearFilter() {
  filter.value = '';
  applyFilter();
  diagram.focus();
}

const keys = {
  ArrowDown: () => move(1),
  j: () => move(1),
  ArrowUp: () => move(-1),
  k: () => move(-1),
  n: () => move(1, isDecided),
  p: () => move(-1, isDecided),
  e: toggleView,
  '/': () => filter.focus(),
  Escape: clearFilter,
};

function onKey(event) {
  const typing = event.target === filter && event.key !== 'Escape';
  if (typing || event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
  if (event.target === view || event.target === slider) event.target.blur();
  event.preventDefault();
  keys[event.key]();
}

// --- what stands above --------------------------------------------------------------------------

function factElement(title, items) {
  return make('div', '', make('h2', '', title),
              make('ul', '', ...items.map((item) => make('li', '', item))));
}

// Puts a text where others can be given it; a page that was opened as a file may be refused the
// clipboard, and then the text is selected.
function copyButton(text, element) {
  const button = make('button', 'copy', 'copy');
  button.type = 'button';
  button.addEventListener('click', () => {
    const select = () => getSelection().selectAllChildren(element);
    const done = () => { button.textContent = 'copied'; };
    if (!navigator.clipboard) return select();
    return navigator.clipboard.writeText(text).then(done, select);
  });
  return button;
}

function copyable(tag, text) {
  const element = make(tag, '', text);
  return [element, copyButton(text, element)];
}

function planElement() {
  const file = run.file.replace(/.*\//, '') || 'find.plan';
  return make('div', 'plan', make('h2', '', 'plan: save it as ' + file),
              ...copyable('pre', run.plan));
}

function showFacts() {
  const clean = run.verdict === 'clean';
  document.querySelector('header').classList.toggle('clean', clean);
  document.getElementById('headline').append(
      make('h1', '', run.verdict), run.meaning,
      ...(clean ? [] : [make('p', '', make('b', '', run.detail))]),
      make('p', '', run.site ? 'at ' + run.site + ' · ' : '',
           ...copyable('code', 'rcufuzz replay ' + run.file),
           run.made_by ? ' · rcufuzz ' + run.made_by : ''),
      ...(run.site_source ? [make('p', '', make('code', '', run.site_source))] : []));
  const facts = [
      ['system', [run.system]], ['operations', run.ops], ['bugs switched on', run.bugs],
      ['configuration', run.configuration], ['blocked at the end', run.blocked]
  ];
  document.getElementById('facts').append(
      ...facts.filter(([, items]) => items.length > 0).map((fact) => factElement(...fact)),
      planElement());
}

function showLegend() {
  const kinds = document.getElementById('kinds');
  for (const kind of arrowKinds) {
    const count = run.arrows.filter((arrow) => arrow.kind === kind).length;
    const box = make('input');
    box.type = 'checkbox';
    box.checked = true;
    box.id = 'kind-' + classOf(kind);
    box.addEventListener('change', drawArrows);
    const swatch = make('i');
    swatch.style.borderColor = `var(--${classOf(kind)})`;
    kinds.append(make('label', '', box, swatch, `${kind} (${count})`));
  }
  const slots = slotKinds.filter((slot) => run.rows.some((row) => row.slot === slot));
  if (run.rows.some(isGuest)) slots.splice(1, 0, 'guest');
  const words = {guest: 'another task'};
  document.getElementById('slots').append(
      ...slots.map((slot) => make('span', slot, words[slot] || slot)));
}

// The row of the step that the address names, or else where the state breaks, or else the last.
function firstSelection() {
  const named = parseInt(location.hash.slice(1), 10);
  if (lines.length > 0 && run.rows[selectedRow].step === named) return selectedRow;
  const row = run.rows.findLastIndex((other) => other.step <= named);
  if (named >= 0 && row >= 0) return row;
  const broken = run.rows.findIndex((row) => (row.told || []).some((sentence) => sentence.breaks));
  return broken >= 0 ? broken : run.rows.length - 1;
}

// A step that an address names is shown, whatever hides it.
function showRow(row) {
  const line = lineOfRow(row);
  if (!line || !line.folded) return select(line);
  selectedRow = row;
  return unfold(line);
}

showFacts();
showLegend();
selectedRow = firstSelection();
view.addEventListener('change', drawDiagram);
filter.addEventListener('input', applyFilter);
slider.addEventListener('input', () => select(lines[slider.valueAsNumber]));
window.addEventListener('hashchange', () => {
  const row = firstSelection();
  if (row !== selectedRow) showRow(row); // else the page itself has set it
});
window.addEventListener('resize', layOut);
window.addEventListener('beforeprint', () => { document.getElementById('more').open = true; });
document.addEventListener('keydown', onKey);
const named = location.hash ? selectedRow : -1;
drawDiagram();
if (named >= 0) showRow(named);
