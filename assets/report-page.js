// The page of `volley report --html`. It shows what the page's data blocks hold: no request leaves it, and whatever
// comes from a manifest, a row or an answer becomes a text node.
(() => {
  const ROW_HEIGHT = 32;
  const ROWS_BEYOND = 8;
  const BINS = 30;
  const STATUS = { succeeded: 'good', failed: 'bad', canceled: 'warn', skipped: 'soft' };

  function read(node) {
    return JSON.parse(node.textContent);
  }
  const digest = read(document.getElementById('digest'));
  const facts = digest.facts;
  // id, task, model, status, cost, input, output, ms, expected, code, preview, row
  const rows = [...document.querySelectorAll('script.rows')].flatMap(read);
  const textBlocks = [...document.querySelectorAll('script.texts')];
  const parsedTexts = new Map();

  function make(name, { text, className, ...properties } = {}, ...children) {
    const node = document.createElement(name);
    if (className) node.className = className;
    if (text !== undefined) node.textContent = text;
    for (const [key, value] of Object.entries(properties)) {
      if (key.startsWith('on')) node.addEventListener(key.slice(2), value);
      else node.setAttribute(key, value);
    }
    node.append(...children.filter((child) => child !== undefined && child !== null));
    return node;
  }

  function count(value) {
    return value.toLocaleString('en');
  }
  function usd(value) {
    if (value === null) return 'unknown';
    if (value === 0 || value >= 0.1) return `$${value.toFixed(2)}`;
    const digits = Math.min(8, 1 - Math.floor(Math.log10(value)));
    return `$${Number(value.toPrecision(2)).toFixed(digits)}`;
  }
  function seconds(ms) {
    return ms < 60_000 ? `${(ms / 1000).toFixed(1)}s` : `${(ms / 60_000).toFixed(1)}m`;
  }
  function share(part, whole) {
    return whole === 0 ? '' : `${Math.round((100 * part) / whole)}%`;
  }
  function textOf(at) {
    const block = Math.floor(at / facts.block);
    if (!parsedTexts.has(block)) {
      const node = textBlocks[block];
      parsedTexts.set(block, node ? read(node) : []);
    }
    return parsedTexts.get(block)[at % facts.block] ?? {};
  }

  // Totals

  function card(label, value, className) {
    return make('div', { className: 'card' }, make('b', { text: value, className }), label);
  }

  function cards({ total }) {
    const list = [
      card('tasks', count(total.records)),
      card('succeeded', count(total.succeeded), total.succeeded > 0 ? 'good' : ''),
    ];
    if (total.failed > 0) list.push(card('failed', count(total.failed), 'bad'));
    if (total.canceled > 0) list.push(card('canceled', count(total.canceled), 'warn'));
    if (total.skipped > 0) list.push(card('skipped', count(total.skipped)));
    if (total.unexpected > 0) list.push(card('not as expected', count(total.unexpected), 'bad'));
    list.push(card('cost', usd(total.cost_usd)));
    list.push(card('input tokens', count(total.input_tokens)));
    list.push(card('output tokens', count(total.output_tokens)));
    if (total.cache_share) list.push(card('read from cache', share(total.cache_share, 1)));
    if (total.duration_ms) {
      list.push(card('median time', seconds(total.duration_ms.p50)));
      list.push(card('95th percentile', seconds(total.duration_ms.p95)));
    }
    if (total.retries > 0) list.push(card('retries', count(total.retries)));
    return make('div', { className: 'cards' }, ...list);
  }

  function table(titles, lines) {
    const cell = (name, content, at) =>
      make(
        name,
        { className: titles[at].number ? 'number' : '' },
        content instanceof Node ? content : document.createTextNode(String(content)),
      );
    return make(
      'div',
      { className: 'scroll' },
      make(
        'table',
        {},
        make('thead', {}, make('tr', {}, ...titles.map(({ title }, at) => cell('th', title, at)))),
        make(
          'tbody',
          {},
          ...lines.map((line) =>
            make('tr', {}, ...line.map((content, at) => cell('td', content, at))),
          ),
        ),
      ),
    );
  }

  function number(title) {
    return { title, number: true };
  }

  function parts(title, list, choose) {
    const lines = list.map((part) => [
      make('button', {
        text: part.name,
        className: 'plain',
        type: 'button',
        onclick: () => choose(part.name),
      }),
      count(part.records),
      count(part.succeeded),
      count(part.records - part.succeeded),
      count(part.input_tokens),
      count(part.output_tokens),
      usd(part.cost_usd),
      part.duration_ms ? seconds(part.duration_ms.p50) : '',
      part.duration_ms ? seconds(part.duration_ms.p95) : '',
    ]);
    const names = ['tasks', 'succeeded', 'failed', 'input', 'output', 'cost', 'p50', 'p95'];
    return table([{ title }, ...names.map(number)], lines);
  }

  function section(title, ...content) {
    return make('section', {}, make('h2', { text: title }), ...content);
  }

  function comparisons() {
    return digest.comparisons.map(({ a, b, agreement, fields }) => {
      const sentence =
        agreement.compared === 0
          ? 'No row has two answers.'
          : `The same answer in ${share(agreement.equal, agreement.compared)} of ${count(agreement.compared)} rows.`;
      return section(
        `${a.name} and ${b.name}`,
        make('p', { text: sentence }),
        fields.length === 0
          ? undefined
          : table(
              [{ title: 'field' }, number('agreement'), number('rows')],
              fields.map(({ name, compared, equal }) => [
                name,
                share(equal, compared),
                `${count(equal)}/${count(compared)}`,
              ]),
            ),
      );
    });
  }

  function failures() {
    if (digest.failures.length === 0) return undefined;
    return section(
      'Failures',
      table(
        [{ title: 'reason' }, number('tasks'), { title: 'message' }],
        digest.failures.map(({ code, message, count: tasks }) => [
          make('button', {
            text: code,
            className: 'plain',
            type: 'button',
            onclick: () => search(code),
          }),
          count(tasks),
          message,
        ]),
      ),
    );
  }

  // Distributions

  function plot(title, place, format) {
    const models = [...new Set(rows.map((row) => row[2]))].slice(0, 5);
    const values = rows.filter((row) => row[3] === 'succeeded' && row[place] !== null);
    if (values.length < 2) return undefined;
    const sorted = values.map((row) => row[place]).sort((one, other) => one - other);
    const low = sorted[0];
    // The dearest hundredth would squeeze all others into one bin.
    const high = sorted[Math.ceil(0.99 * sorted.length) - 1];
    const width = (high - low) / BINS || 1;
    const bins = Array.from({ length: BINS }, () => models.map(() => 0));
    for (const row of values) {
      const bin = Math.min(BINS - 1, Math.max(0, Math.floor((row[place] - low) / width)));
      const model = models.indexOf(row[2]);
      bins[bin][model === -1 ? models.length - 1 : model] += 1;
    }
    const most = Math.max(...bins.map((bin) => bin.reduce((sum, each) => sum + each, 0)));
    const space = 'http://www.w3.org/2000/svg';
    const svg = document.createElementNS(space, 'svg');
    svg.setAttribute('viewBox', `0 0 ${BINS * 10} 100`);
    svg.setAttribute('preserveAspectRatio', 'none');
    svg.setAttribute('role', 'img');
    svg.setAttribute('aria-label', `${title}: ${format(low)} to ${format(sorted.at(-1))}`);
    bins.forEach((bin, at) => {
      let top = 100;
      bin.forEach((each, model) => {
        if (each === 0) return;
        const height = Math.max(0.7, (94 * each) / most);
        top -= height;
        const bar = document.createElementNS(space, 'rect');
        bar.setAttribute('class', `plot-${model}`);
        for (const [name, value] of [
          ['x', at * 10 + 1],
          ['y', top],
          ['width', 8],
          ['height', height],
        ]) {
          bar.setAttribute(name, String(value));
        }
        const hint = document.createElementNS(space, 'title');
        hint.textContent = `${models[model]}: ${count(each)} from ${format(low + at * width)}`;
        bar.append(hint);
        svg.append(bar);
      });
    });
    const legend = models.map((name, at) =>
      make('span', {}, make('span', { className: `swatch plot-${at}` }), name),
    );
    return make(
      'figure',
      {},
      make('figcaption', { text: title }),
      svg,
      make(
        'div',
        { className: 'axis' },
        make('span', { text: format(low) }),
        make('span', { text: `${format(high)} and more` }),
      ),
      models.length > 1 ? make('div', { className: 'legend' }, ...legend) : undefined,
    );
  }

  // Records

  const view = { list: rows.map((_, at) => at), sort: { place: -1, isDown: false }, chosen: -1 };
  const controls = {
    search: make('input', {
      type: 'search',
      id: 'search',
      placeholder: 'Filter by id, answer or error (press /)',
      'aria-label': 'Filter',
      oninput: () => filter(),
    }),
    task: choices(
      'All tasks',
      digest.tasks.map(({ name }) => name),
      'Task',
    ),
    model: choices(
      'All models',
      digest.models.map(({ name }) => name),
      'Model',
    ),
    status: choices(
      'Any status',
      ['succeeded', 'failed', 'canceled', 'skipped', 'not as expected'],
      'Status',
    ),
    shown: make('span', { className: 'soft', role: 'status' }),
  };

  function choices(all, names, label) {
    return make(
      'select',
      { 'aria-label': label, onchange: () => filter() },
      make('option', { text: all, value: '' }),
      ...names.map((name) => make('option', { text: name, value: name })),
    );
  }

  function search(text) {
    controls.search.value = text;
    filter();
    controls.search.focus();
  }

  const COLUMNS = [
    { title: 'status', place: 3 },
    { title: 'task', place: 0 },
    { title: 'model', place: 2, className: 'wide' },
    { title: 'answer', place: 10 },
    { title: 'cost', place: 4, className: 'figure' },
    { title: 'tokens', place: 6, className: 'figure wide' },
    { title: 'time', place: 7, className: 'figure wide' },
  ];

  const heads = COLUMNS.map(({ title, place, className = '' }) =>
    make(
      'span',
      { role: 'columnheader', 'aria-sort': 'none', className },
      make('button', { text: title, type: 'button', onclick: () => sortBy(place) }),
    ),
  );
  const filler = make('div');
  const body = make('div', {
    className: 'body',
    tabindex: '0',
    role: 'rowgroup',
    'aria-label': 'Records: arrow keys choose, Enter opens',
    onscroll: () => draw(),
    onkeydown: onKey,
  });
  body.append(filler);
  const grid = make(
    'div',
    { className: 'grid', role: 'table', 'aria-label': 'Records' },
    make('div', { className: 'row head', role: 'row' }, ...heads),
    body,
  );
  const detail = make('section', { className: 'detail', hidden: '', 'aria-label': 'Record' });

  function filter() {
    const words = controls.search.value
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== '');
    const [task, model, status] = [
      controls.task.value,
      controls.model.value,
      controls.status.value,
    ];
    view.list = [];
    rows.forEach((row, at) => {
      if (task !== '' && row[1] !== task) return;
      if (model !== '' && row[2] !== model) return;
      if (status === 'not as expected' ? row[8] !== 0 : status !== '' && row[3] !== status) return;
      if (words.length > 0) {
        const text = `${row[0]} ${row[2]} ${row[3]} ${row[9]} ${row[10]}`.toLowerCase();
        if (!words.every((word) => text.includes(word))) return;
      }
      view.list.push(at);
    });
    sort();
    choose(-1);
    body.scrollTop = 0;
    draw();
  }

  function sortBy(place) {
    const { sort: old } = view;
    view.sort = {
      place,
      isDown: old.place === place ? !old.isDown : place === 4 || place === 6 || place === 7,
    };
    sort();
    draw();
  }

  function sort() {
    const { place, isDown } = view.sort;
    heads.forEach((head, at) => {
      const isSorted = COLUMNS[at].place === place;
      head.setAttribute('aria-sort', isSorted ? (isDown ? 'descending' : 'ascending') : 'none');
      head.firstChild.textContent = COLUMNS[at].title + (isSorted ? (isDown ? ' ↓' : ' ↑') : '');
    });
    if (place === -1) return;
    const sign = isDown ? -1 : 1;
    view.list.sort((one, other) => {
      const [a, b] = [rows[one][place], rows[other][place]];
      if (a === b) return one - other;
      if (a === null) return 1;
      if (b === null) return -1;
      return sign * (a < b ? -1 : 1);
    });
  }

  function draw() {
    filler.style.height = `${view.list.length * ROW_HEIGHT}px`;
    controls.shown.textContent = `${count(view.list.length)} of ${count(rows.length)}`;
    const first = Math.max(0, Math.floor(body.scrollTop / ROW_HEIGHT) - ROWS_BEYOND);
    const last = Math.min(view.list.length, first + Math.ceil(480 / ROW_HEIGHT) + 2 * ROWS_BEYOND);
    const drawn = [];
    for (let at = first; at < last; at += 1) drawn.push(rowNode(at));
    if (view.list.length === 0)
      drawn.push(make('div', { text: 'No record matches.', className: 'empty' }));
    body.replaceChildren(filler, ...drawn);
  }

  function rowNode(at) {
    const row = rows[view.list[at]];
    const isUnexpected = row[8] === 0;
    const node = make(
      'div',
      {
        className: at === view.chosen ? 'row chosen' : 'row',
        role: 'row',
        'aria-rowindex': String(at + 1),
        'aria-selected': String(at === view.chosen),
        onclick: () => {
          choose(at);
          open();
        },
      },
      make('span', {
        role: 'cell',
        text: isUnexpected ? 'unexpected' : row[3],
        className: isUnexpected ? 'bad' : STATUS[row[3]],
      }),
      make('span', { role: 'cell', text: row[0], title: row[0] }),
      make('span', { role: 'cell', text: row[2], className: 'wide' }),
      make('span', { role: 'cell', text: row[10], className: row[9] === '' ? '' : 'soft' }),
      make('span', { role: 'cell', text: row[4] === null ? '' : usd(row[4]), className: 'figure' }),
      make('span', { role: 'cell', text: count(row[6]), className: 'figure wide' }),
      make('span', { role: 'cell', text: seconds(row[7]), className: 'figure wide' }),
    );
    node.style.top = `${at * ROW_HEIGHT}px`;
    return node;
  }

  function choose(at) {
    view.chosen = Math.max(-1, Math.min(view.list.length - 1, at));
    if (view.chosen === -1) return void (detail.hidden = true);
    const top = view.chosen * ROW_HEIGHT;
    if (top < body.scrollTop) body.scrollTop = top;
    if (top + ROW_HEIGHT > body.scrollTop + body.clientHeight) {
      body.scrollTop = top + ROW_HEIGHT - body.clientHeight;
    }
    draw();
    if (!detail.hidden) open();
  }

  function onKey(event) {
    const steps = { ArrowDown: 1, ArrowUp: -1, j: 1, k: -1, PageDown: 14, PageUp: -14 };
    const step = steps[event.key];
    if (step !== undefined) choose(Math.max(0, view.chosen + step));
    else if (event.key === 'Home') choose(0);
    else if (event.key === 'End') choose(view.list.length - 1);
    else if (event.key === 'Enter' && view.chosen >= 0) open();
    else return;
    event.preventDefault();
  }

  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && !detail.hidden) close();
    else if (event.key === '/' && document.activeElement !== controls.search)
      controls.search.focus();
    else return;
    event.preventDefault();
  });

  function close() {
    detail.hidden = true;
    body.focus();
  }

  // One record

  let sameRow;
  function others(at) {
    if (!sameRow) {
      sameRow = new Map();
      rows.forEach((row, each) => {
        if (row[11] === '') return;
        const known = sameRow.get(row[11]) ?? [];
        sameRow.set(row[11], [...known, each]);
      });
    }
    return sameRow.get(rows[at][11]) ?? [at];
  }

  function shown(value) {
    return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
  }

  function box(title, value) {
    if (value === undefined) return undefined;
    return make(
      'div',
      {},
      make('h3', { text: title }),
      make('pre', { text: shown(value), tabindex: '0' }),
    );
  }

  function answers(at, title) {
    const { answer, partial, error, reason } = textOf(at);
    return make(
      'div',
      { className: 'boxes' },
      box(title, answer),
      box(`${title}, cut off`, partial),
      error &&
        box(`${title}: ${error.code}`, [error.message, error.hint].filter(Boolean).join('\n')),
      box('Not as expected', reason),
    );
  }

  function open() {
    const at = view.list[view.chosen];
    if (at === undefined) return;
    const row = rows[at];
    const { prompt, item, matrix } = textOf(at);
    const models = others(at);
    const figures = [
      row[2],
      row[4] === null ? 'cost unknown' : usd(row[4]),
      `${count(row[5])} tokens in`,
      `${count(row[6])} out`,
      seconds(row[7]),
    ];
    const about = make('div', { className: 'boxes' }, box('Row', item), box('Matrix', matrix));
    detail.replaceChildren(
      make(
        'header',
        {},
        make('h2', { text: row[0], className: 'mono' }),
        make('button', { text: 'Close (Esc)', type: 'button', className: 'close', onclick: close }),
      ),
      make('div', { text: figures.join(' · '), className: 'soft' }),
      make(
        'div',
        { className: 'side' },
        box('Prompt', prompt),
        ...models.map((each) => answers(each, models.length > 1 ? rows[each][2] : 'Answer')),
        about.childElementCount > 0 ? about : undefined,
      ),
    );
    if (prompt === undefined) {
      const text = 'Run with --include item,prompt to see the prompt and the row here.';
      detail.append(make('p', { text, className: 'soft' }));
    }
    detail.hidden = false;
  }

  function pick(select) {
    return (name) => {
      select.value = name;
      filter();
      grid.scrollIntoView();
    };
  }

  document.getElementById('page').append(
    make('h1', { text: facts.title }),
    make('div', { text: facts.name, className: 'soft mono' }),
    ...facts.notes.map((note) => make('p', { text: note, className: 'note' })),
    cards(digest),
    section('Models', parts('model', digest.models, pick(controls.model))),
    ...(digest.tasks.length > 1
      ? [section('Tasks', parts('task', digest.tasks, pick(controls.task)))]
      : []),
    make('div', { className: 'columns' }, ...comparisons(), failures()),
    section(
      'Distributions',
      make(
        'div',
        { className: 'plots' },
        plot('Cost per answer', 4, usd),
        plot('Output tokens per answer', 6, (value) => count(Math.round(value))),
        plot('Time per answer', 7, seconds),
      ),
    ),
    section(
      'Records',
      make(
        'div',
        { className: 'tools' },
        controls.search,
        controls.task,
        controls.model,
        controls.status,
        controls.shown,
      ),
      grid,
      detail,
    ),
  );
  draw();
  document.body.dataset.ready = 'true';
})();
