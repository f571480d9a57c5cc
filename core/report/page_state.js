// SPDX-License-Identifier: GPL-2.0-or-later
//
// The panel: what is known after the selected step.

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
  // A word with a hyphen stays whole.
  const value = ((changed ? entry.was + arrow : '') + entry.value).replaceAll('-', '\u2011');
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
