
'use strict';
(() => {
  // Every name in the data comes from a model. It gets into the page by textContent and setAttribute alone.
  const data = JSON.parse(document.getElementById('data').textContent);
  const SVG = 'http://www.w3.org/2000/svg';
  const el = (tag, attributes = {}, ...children) => fill(document.createElement(tag), attributes, children);
  const svg = (tag, attributes = {}, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);
  function fill(node, attributes, children) {
    for (const [key, value] of Object.entries(attributes)) {
      if (key === 'onclick') node.addEventListener('click', value);
      else node.setAttribute(key, value);
    }
    node.append(...children.map(child => child instanceof Node ? child : document.createTextNode(String(child))));
    return node;
  }
  const num = value => typeof value === 'number' ? value : value === 'Infinity' ? Infinity : value === '-Infinity' ? -Infinity : NaN;
  function figure(value) {
    const x = num(value);
    if (Number.isNaN(x)) return '–';
    if (!Number.isFinite(x)) return x > 0 ? '∞' : '−∞';
    if (x === 0) return '0';
    const a = Math.abs(x);
    return a >= 1e5 || a < 1e-3 ? x.toExponential(2) : String(Number(x.toPrecision(4)));
  }
  const nanos = n => n >= 1e6 ? (n / 1e6).toFixed(2) + ' ms' : (n / 1e3).toFixed(1) + ' µs';

  // Theme.
  const theme = document.getElementById('theme');
  const themes = ['system', 'light', 'dark'];
  let chosen = 'system';
  try { chosen = localStorage.getItem('sardonyx-theme') || 'system'; } catch (e) { /* files may have no storage */ }
  function paint() {
    if (!themes.includes(chosen)) chosen = 'system';
    if (chosen === 'system') document.documentElement.removeAttribute('data-theme');
    else document.documentElement.setAttribute('data-theme', chosen);
    theme.textContent = 'Theme: ' + chosen;
  }
  theme.hidden = false;
  theme.addEventListener('click', () => {
    chosen = themes[(themes.indexOf(chosen) + 1) % 3];
    try { localStorage.setItem('sardonyx-theme', chosen); } catch (e) { /* not kept then */ }
    paint();
  });
  paint();

  // Table: search, filter, sort.
  const table = document.getElementById('checks');
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const search = document.getElementById('search');
  const chips = [...document.querySelectorAll('.chip')];
  const shown = document.getElementById('shown');
  const words = new Map(rows.map(row => [row, row.textContent.toLowerCase()]));
  function filter() {
    const wanted = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const on = new Set(chips.filter(chip => chip.getAttribute('aria-pressed') === 'true').map(chip => chip.dataset.status));
    let count = 0;
    for (const row of rows) {
      const fits = on.has(row.dataset.status) && wanted.every(word => words.get(row).includes(word));
      row.hidden = !fits;
      if (fits) count++;
    }
    shown.textContent = count === rows.length ? rows.length + ' shown' : count + ' of ' + rows.length + ' shown';
  }
  search.addEventListener('input', filter);
  for (const chip of chips) {
    chip.addEventListener('click', () => {
      chip.setAttribute('aria-pressed', chip.getAttribute('aria-pressed') !== 'true');
      filter();
    });
  }
  const order = ['error', 'failed', 'unexpected-pass', 'expected', 'passed'];
  function value(row, column) {
    const cell = row.cells[column];
    if (column === 0) return order.indexOf(row.dataset.status);
    if (!cell.classList.contains('num')) return cell.textContent.toLowerCase();
    const v = cell.dataset.v;
    return v === '' || v === 'NaN' ? -1 : v === 'Infinity' ? Infinity : Number(v);
  }
  function sort(column, down) {
    [...table.tHead.rows[0].cells].forEach((head, i) => {
      if (i === column) head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
      else head.removeAttribute('aria-sort');
    });
    rows.sort((a, b) => {
      const x = value(a, column), y = value(b, column);
      const c = x < y ? -1 : x > y ? 1 : 0;
      return (down ? -c : c) || a.dataset.i - b.dataset.i;
    });
    body.append(...rows);
  }
  [...table.tHead.rows[0].cells].forEach((head, i) => {
    const label = head.textContent;
    head.textContent = '';
    head.append(el('button', {type: 'button', onclick: () => {
      const before = head.getAttribute('aria-sort');
      sort(i, before ? before === 'ascending' : rows[0].cells[i].classList.contains('num'));
    }}, label));
  });
  for (const row of rows) {
    const cell = row.cells[1];
    const label = cell.textContent;
    cell.textContent = '';
    cell.append(el('button', {type: 'button', class: 'open', 'aria-label': 'Details of ' + label + ', ' + row.cells[2].textContent + ', ' + row.cells[3].textContent}, label));
    row.addEventListener('click', () => open(row, true));
  }

  // Details of one check.
  const detail = document.getElementById('detail');
  function open(row, scroll) {
    rows.forEach(other => other.removeAttribute('aria-selected'));
    row.setAttribute('aria-selected', 'true');
    const check = data.checks[Number(row.dataset.i)];
    detail.hidden = false;
    detail.textContent = '';
    detail.append(el('h2', {}, check.model + (check.output ? ' · ' + check.output : '')));
    detail.append(el('p', {}, [check.inputs, check.verdict || check.status, check.message].filter(Boolean).join(' · ')));
    const cards = el('div', {class: 'cards'});
    figures(cards, check);
    if (check.details) {
      ulps(cards, check.details);
      overTime(cards, check.details);
    }
    detail.append(cards);
    const model = Object.hasOwn(data.models, check.model) ? data.models[check.model] : null;
    if (model && model.graphs.length) graphs(detail, model);
    if (scroll) detail.scrollIntoView({block: 'start'});
  }
  const pairs = [['native_to_arbiter', 'ours to arbiter', 'ours'], ['reference_to_arbiter', 'reference to arbiter', 'ref'],
    ['native_to_reference', 'ours to reference', 'ours']];
  function card(cards, title, ...children) {
    cards.append(el('div', {class: 'card'}, el('h3', {}, title), ...children));
  }
  function figures(cards, check) {
    const given = pairs.filter(([key]) => check[key]);
    if (!given.length) return;
    const lines = [['largest error', 'maxAbs'], ['relative', 'maxRel'], ['ULP', 'maxUlp'], ['rms', 'rms'], ['cosine', 'cosine'],
      ['outside', 'outside'], ['not finite', 'notFinite'], ['elements', 'elements']];
    const t = el('table', {}, el('thead', {}, el('tr', {}, el('th', {}), ...given.map(p => el('th', {scope: 'col'}, p[1])))));
    const b = el('tbody');
    for (const [label, key] of lines) {
      b.append(el('tr', {}, el('th', {scope: 'row'}, label), ...given.map(p => el('td', {class: 'num'}, figure(check[p[0]][key])))));
    }
    t.append(b);
    card(cards, 'Figures', t);
    const facts = el('table');
    const fact = (label, text) => facts.append(el('tr', {}, el('th', {scope: 'row'}, label), el('td', {class: 'name'}, text)));
    fact('budget', check.budget);
    const d = check.details || {};
    if (d.spread !== null && d.spread !== undefined) fact('one last place moves it by', figure(d.spread));
    if (d.comparable_steps !== null && d.comparable_steps !== undefined) fact('comparable steps', d.comparable_steps);
    for (const [key, label] of pairs) {
      const r = d[key] && d[key].ranking;
      if (r) fact(label + ': argmax', r.argmaxEqual + ' equal, ' + r.argmaxTied + ' tied, ' + r.argmaxDiffers + ' different of ' + r.rows);
      if (check[key] && check[key].worst) {
        const w = check[key].worst;
        fact(label + ': worst', 'at [' + w.index.join(', ') + '] ' + figure(w.found) + ' for ' + figure(w.expected));
      }
    }
    card(cards, 'How it is judged', facts);
  }
  function legend(given) {
    return el('p', {class: 'dim'}, ...given.flatMap(([, label, style]) => [el('span', {class: 'key ' + style, 'aria-hidden': 'true'}), label]));
  }
  function ulps(cards, details) {
    const given = pairs.filter(([key]) => details[key] && details[key].ulps);
    if (!given.length) return;
    const columns = [];
    const all = given.map(([key]) => details[key].ulps);
    const bins = Math.max(...all.map(u => u.bins.length));
    const edge = i => { const e = num(all.find(u => u.bins.length > i).bins[i].upTo); return e > 512 && e < Infinity ? '2^' + Math.log2(e) : figure(e); };
    for (let i = bins - 1; i >= 0; i--) columns.push(['−' + edge(i), all.map(u => i < u.bins.length ? u.bins[i].negative : 0)]);
    columns.push(['exact', all.map(u => u.exact)]);
    for (let i = 0; i < bins; i++) columns.push(['+' + edge(i), all.map(u => i < u.bins.length ? u.bins[i].positive : 0)]);
    columns.push(['small', all.map(u => u.belowFloor)]);
    if (all.some(u => u.notFinite)) columns.push(['NaN, ∞', all.map(u => u.notFinite)]);
    const wide = Math.max(22, 13 * given.length), w = columns.length * wide + 44, h = 180, base = 128;
    const most = Math.max(1, ...columns.flatMap(c => c[1]));
    const scale = n => n === 0 ? 0 : Math.max(2, 108 * Math.log1p(n) / Math.log1p(most));
    const picture = svg('svg', {width: w, height: h, role: 'img', 'aria-label': 'Histogram of errors in units in the last place: '
      + columns.filter(c => c[1].some(n => n)).map(c => c[0] + ' ' + c[1].join(' and ')).join(', ')});
    picture.append(svg('line', {x1: 34, x2: w, y1: base, y2: base, class: 'grid'}));
    picture.append(svg('text', {x: 30, y: base - 100, 'text-anchor': 'end', class: 'axis'}, figure(most)), svg('text', {x: 30, y: base, 'text-anchor': 'end', class: 'axis'}, '0'));
    columns.forEach(([label, counts], i) => {
      const x = 40 + i * wide;
      counts.forEach((n, k) => {
        const width = (wide - 6) / counts.length;
        picture.append(svg('rect', {x: x + k * width, y: base - scale(n), width: width - 1, height: scale(n), class: given[k][2]},
          svg('title', {}, given[k][1] + ', ' + label + ': ' + n)));
      });
      picture.append(svg('text', {x: 0, y: 0, 'text-anchor': 'end', class: 'axis', transform: `translate(${x + wide / 2},${base + 10}) rotate(-50)`}, label));
    });
    const skews = given.map(([key, label]) => label + ' ' + figure(details[key].ulps.skew)).join(', ');
    card(cards, 'Errors in units in the last place (counts by logarithm)', picture, legend(given), el('p', {class: 'dim'}, 'skew: ' + skews + '; small: below ' + figure(all[0].floor)));
  }
  function overTime(cards, details) {
    const given = pairs.filter(([key]) => details[key] && details[key].over_time.length);
    if (!given.length) return;
    const directions = details[given[0][0]].over_time.length;
    for (let d = 0; d < directions; d++) {
      const lines = given.map(([key, label, style]) => ({growth: details[key].over_time[d], label, style})).filter(l => l.growth);
      const values = lines.flatMap(l => l.growth.maxAbs.map(num)).filter(v => v > 0 && Number.isFinite(v));
      const w = 380, h = 170, left = 52, base = 138;
      const steps = lines[0].growth.steps;
      const lo = values.length ? Math.floor(Math.log10(Math.min(...values))) : -8, hi = values.length ? Math.max(lo + 1, Math.ceil(Math.log10(Math.max(...values)))) : 0;
      const y = v => base - (Math.log10(Math.min(Math.max(v, 10 ** lo), 10 ** hi)) - lo) / (hi - lo) * 118;
      const title = lines[0].growth.direction + ': ' + lines.map(l => l.label + ' ' + l.growth.kind).join(', ');
      const picture = svg('svg', {width: w, height: h, role: 'img', 'aria-label': 'Largest error by time step, ' + title});
      const every = Math.max(1, Math.ceil((hi - lo) / 5));
      for (let e = lo; e <= hi; e += every) {
        picture.append(svg('line', {x1: left, x2: w - 8, y1: y(10 ** e), y2: y(10 ** e), class: 'grid'}),
          svg('text', {x: left - 5, y: y(10 ** e) + 4, 'text-anchor': 'end', class: 'axis'}, '1e' + e));
      }
      for (const line of lines) {
        const n = line.growth.maxAbs.length;
        const points = line.growth.maxAbs.map((v, i) => [left + (n === 1 ? 0 : i / (n - 1) * (w - left - 12)), y(num(v) || 0)]);
        picture.append(svg('polyline', {points: points.map(p => p.join(',')).join(' '), class: line.style}));
        if (n === 1) picture.append(svg('circle', {cx: points[0][0], cy: points[0][1], r: 3, class: line.style}));
      }
      picture.append(svg('text', {x: left, y: h - 12, class: 'axis'}, 'step 0'), svg('text', {x: w - 8, y: h - 12, 'text-anchor': 'end', class: 'axis'}, String(steps - 1)));
      card(cards, 'Largest error by time step, ' + lines[0].growth.direction, picture, legend(given), el('p', {class: 'dim'}, lines.map(l => l.label + ': ' + l.growth.kind).join(', ')));
    }
  }

  // Graphs. Only what is in view is drawn, so that large ones stay usable.
  const W = 164, H = 46;
  const LOW = 1e-8, HIGH = 1e-2;
  function colour(share) {
    const stops = [[116, 157, 209], [171, 217, 233], [255, 255, 191], [253, 174, 97], [215, 48, 39]];
    const at = Math.min(Math.max(share, 0), 1) * (stops.length - 1), i = Math.min(Math.floor(at), stops.length - 2), f = at - i;
    return 'rgb(' + stops[i].map((c, k) => Math.round(c + (stops[i + 1][k] - c) * f)).join(',') + ')';
  }
  function graphs(parent, model) {
    const pick = el('select', {'aria-label': 'Graph'});
    model.graphs.forEach((graph, i) => pick.append(el('option', {value: i}, graph.title + ' (' + graph.boxes.filter(b => b.kind === 'node').length + ' nodes)')));
    const by = el('select', {'aria-label': 'Colour'}, el('option', {value: 'error'}, 'colour: error'), el('option', {value: 'time'}, 'colour: time'));
    const find = el('input', {type: 'search', placeholder: 'Find a node', 'aria-label': 'Find a node', autocomplete: 'off'});
    const key = el('span', {class: 'legend'});
    const canvas = svg('svg', {id: 'canvas', tabindex: '0', role: 'application', 'aria-label': 'Graph of the model: arrow keys move, plus and minus zoom, 0 shows all; the list beside it has the nodes'});
    const side = el('div', {id: 'side', class: 'card'});
    let graph, heat, view, lit = -1, hits = new Set();
    const zoom = (factor, cx, cy) => {
      const s = Math.min(Math.max(view.s * factor, .02), 4);
      view.x = cx - (cx - view.x) * s / view.s;
      view.y = cy - (cy - view.y) * s / view.s;
      view.s = s;
      draw();
    };
    const size = () => [canvas.clientWidth || 900, canvas.clientHeight || 480];
    const button = (text, label, action) => el('button', {type: 'button', 'aria-label': label, onclick: action}, text);
    parent.append(el('h3', {}, 'Graph, run on ' + model.inputs),
      el('div', {class: 'graphbar'}, pick, by, find, button('−', 'Zoom out', () => zoom(1 / 1.3, ...size().map(v => v / 2))),
        button('+', 'Zoom in', () => zoom(1.3, ...size().map(v => v / 2))), button('Fit', 'Show the whole graph', fit), key),
      el('div', {class: 'graphwrap'}, canvas, side));
    function load() {
      graph = model.graphs[Number(pick.value)];
      graph.right = Math.max(...graph.boxes.map(b => b.x), 0) + W;
      graph.bottom = Math.max(...graph.boxes.map(b => b.y), 0) + H;
      lit = -1;
      hits = new Set();
      colours();
      list();
      const [w] = size();
      fit();
      if (view.s < .5) { view = {s: .75, x: w / 2 - .75 * (graph.boxes.length ? graph.boxes[0].x + W / 2 : 0), y: 16}; draw(); }
    }
    function colours() {
      const time = by.value === 'time';
      const values = graph.boxes.map(b => num(time ? b.nanos : b.relative));
      const most = Math.max(...values.filter(Number.isFinite), 0);
      heat = values.map(v => Number.isNaN(v) ? null : time ? (most ? v / most : 0)
        : v === 0 ? 0 : !Number.isFinite(v) ? 1 : Math.log(v / LOW) / Math.log(HIGH / LOW));
      key.textContent = '';
      const bar = svg('svg', {width: 100, height: 12, 'aria-hidden': 'true'});
      for (let i = 0; i < 25; i++) bar.append(svg('rect', {x: i * 4, y: 0, width: 4, height: 12, fill: colour(i / 24)}));
      key.append(time ? '0' : '≤1e-8', bar, time ? nanos(most) : '≥1e-2 of the largest element');
    }
    function fit() {
      const [w, h] = size();
      const s = Math.min(1, (w - 24) / Math.max(graph.right, 1), (h - 24) / Math.max(graph.bottom, 1));
      view = {s, x: (w - graph.right * s) / 2, y: 12};
      draw();
    }
    const place = b => b.name || (b.outputs && b.outputs[0]) || b.label;
    function list() {
      side.textContent = '';
      if (lit >= 0) {
        const b = graph.boxes[lit];
        const facts = el('dl');
        const fact = (label, text) => { if (text !== undefined && text !== '' && text !== '–') facts.append(el('dt', {}, label), el('dd', {}, text)); };
        fact('operator', b.label); fact('name', b.name); fact('type', b.type);
        fact('error, of the largest element', figure(b.relative)); fact('largest error', figure(b.maxAbs)); fact('ULP', figure(b.maxUlp));
        if (b.nanos !== undefined) fact('time', nanos(b.nanos));
        fact('inputs', (b.inputs || []).join(', ')); fact('outputs', (b.outputs || []).join(', ')); fact('weights', (b.weights || []).join(', '));
        side.append(el('h3', {}, 'Node'), facts);
      }
      const time = by.value === 'time';
      const ranked = graph.boxes.map((b, i) => [num(time ? b.nanos : b.relative), i]).filter(p => !Number.isNaN(p[0])).sort((a, b) => b[0] - a[0]).slice(0, 30);
      if (ranked.length) {
        side.append(el('h3', {}, time ? 'Slowest nodes' : 'Largest errors, those before a node included'),
          el('ol', {}, ...ranked.map(([v, i]) => el('li', {}, el('button', {type: 'button', class: 'open', onclick: () => go(i)}, graph.boxes[i].label + ' ' + place(graph.boxes[i])), ' ', el('span', {class: 'dim'}, time ? nanos(v) : figure(v))))));
      } else {
        side.append(el('p', {class: 'dim'}, 'Nothing was measured in this graph.'));
      }
    }
    function go(i) {
      const [w, h] = size(), b = graph.boxes[i];
      view.s = Math.max(view.s, .8);
      view.x = w / 2 - (b.x + W / 2) * view.s;
      view.y = h / 2 - (b.y + H / 2) * view.s;
      lit = i;
      list();
      draw();
    }
    let due = 0;
    function draw() { if (!due) due = requestAnimationFrame(() => { due = 0; paintGraph(); }); }
    function paintGraph() {
      const [w, h] = size();
      canvas.textContent = '';
      const x0 = -view.x / view.s - W, x1 = (w - view.x) / view.s + W, y0 = -view.y / view.s - 2 * H, y1 = (h - view.y) / view.s + 2 * H;
      const g = svg('g', {transform: `translate(${view.x},${view.y}) scale(${view.s})`});
      const small = view.s < .3;
      let drawn = 0;
      for (const wire of graph.wires) {
        const a = graph.boxes[wire[0]], b = graph.boxes[wire[1]];
        const points = [[a.x + W / 2, a.y + H]];
        for (let i = 3; i < wire.length; i += 2) points.push([wire[i] + W / 2, wire[i + 1]], [wire[i] + W / 2, wire[i + 1] + H]);
        points.push([b.x + W / 2, b.y]);
        const xs = points.map(p => p[0]);
        if (b.y < y0 || a.y > y1 || Math.max(...xs) < x0 || Math.min(...xs) > x1 || drawn++ > 6000) continue;
        let d = 'M' + points[0].join(',');
        for (let i = 1; i < points.length; i++) {
          const [px, py] = points[i - 1], [qx, qy] = points[i], m = (py + qy) / 2;
          d += px === qx ? `V${qy}` : `C${px},${m} ${qx},${m} ${qx},${qy}`;
        }
        const path = svg('path', {d, class: wire[0] === lit || wire[1] === lit ? 'wire lit' : 'wire'}, svg('title', {}, wire[2]));
        g.append(path);
      }
      graph.boxes.forEach((b, i) => {
        if (b.x > x1 || b.x + W < x0 || b.y > y1 || b.y + H < y0) return;
        const hot = heat[i] !== null && b.kind === 'node';
        const group = svg('g', {class: 'node' + (b.kind === 'node' ? '' : ' io') + (i === lit || hits.has(i) ? ' hit' : b.agrees === false ? ' off' : ''), transform: `translate(${b.x},${b.y})`, 'data-box': i});
        const rect = svg('rect', {width: W, height: H, rx: b.kind === 'node' ? 6 : 22});
        if (hot) rect.style.fill = colour(heat[i]);
        group.append(rect);
        if (!small) {
          const text = hot ? 'on-heat' : '';
          group.append(svg('text', {x: W / 2, y: 19, 'text-anchor': 'middle', class: text}, cut(b.label, 25)),
            svg('text', {x: W / 2, y: 35, 'text-anchor': 'middle', class: 'sub ' + text}, cut(b.type || '', 30)));
        }
        group.append(svg('title', {}, b.label + (b.name ? ' "' + b.name + '"' : '') + '\n' + b.type + (hot ? '\nerror ' + figure(b.relative) + ' of the largest element' : '')));
        group.addEventListener('click', () => { if (!moved) { lit = i; list(); draw(); } });
        g.append(group);
      });
      canvas.append(g);
    }
    const cut = (text, n) => text.length > n ? text.slice(0, n - 1) + '…' : text;
    let from = null, moved = false;
    canvas.addEventListener('pointerdown', e => { from = [e.clientX - view.x, e.clientY - view.y, e.clientX, e.clientY]; moved = false; });
    canvas.addEventListener('pointermove', e => {
      if (!from || !(e.buttons & 1)) { from = null; return; }
      if (Math.abs(e.clientX - from[2]) + Math.abs(e.clientY - from[3]) > 4) moved = true;
      if (moved) { view.x = e.clientX - from[0]; view.y = e.clientY - from[1]; draw(); }
    });
    canvas.addEventListener('wheel', e => {
      e.preventDefault();
      const box = canvas.getBoundingClientRect();
      zoom(Math.exp(-e.deltaY / 500), e.clientX - box.left, e.clientY - box.top);
    }, {passive: false});
    canvas.addEventListener('keydown', e => {
      const [w, h] = size(), move = {ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60]}[e.key];
      if (move) { view.x += move[0]; view.y += move[1]; draw(); }
      else if (e.key === '+' || e.key === '=') zoom(1.3, w / 2, h / 2);
      else if (e.key === '-') zoom(1 / 1.3, w / 2, h / 2);
      else if (e.key === '0') fit();
      else return;
      e.preventDefault();
    });
    pick.addEventListener('change', load);
    by.addEventListener('change', () => { colours(); list(); draw(); });
    find.addEventListener('input', () => {
      const wanted = find.value.toLowerCase();
      hits = new Set();
      if (wanted) graph.boxes.forEach((b, i) => {
        if ([b.label, b.name, ...(b.outputs || [])].some(t => t && t.toLowerCase().includes(wanted))) hits.add(i);
      });
      if (hits.size) go([...hits][0]); else draw();
    });
    window.addEventListener('resize', draw);
    load();
  }

  filter();
  sort(0, false);
  if (rows.length) open(rows[0], false);
})();
