// SPDX-License-Identifier: GPL-2.0-or-later
//
// The run as lines: a line for each turn or each step; rounds that repeat are one.
'use strict';

// As core/report/page_data.h describes it. No script of the page makes markup out of its texts.
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
