// SPDX-License-Identifier: GPL-2.0-or-later
//
// The lanes: a line for each turn or step, and beside it what it tells.

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
