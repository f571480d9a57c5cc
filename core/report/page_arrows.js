// SPDX-License-Identifier: GPL-2.0-or-later
//
// Arrows from cause to effect, between the boxes of the lanes.

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
