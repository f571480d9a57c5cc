// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the user does with the page, and what stands above the lanes. The page starts at the end.

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
    const label = make('label');
    label.hidden = count === 0;
    const box = make('input');
    box.type = 'checkbox';
    box.checked = true;
    box.id = 'kind-' + classOf(kind);
    box.addEventListener('change', drawArrows);
    const swatch = make('i');
    swatch.style.borderColor = `var(--${classOf(kind)})`;
    label.append(box, swatch, `${kind} (${count})`);
    kinds.append(label);
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
