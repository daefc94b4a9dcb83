const at = (id) => document.getElementById(id);
const done = new Set(JSON.parse(sessionStorage.getItem("done") || "[]"));
let state = null;

function newMark() {
  const dot = document.createElement("span");
  dot.className = "unread";
  dot.setAttribute("role", "img");
  dot.setAttribute("aria-label", "something new");
  return dot;
}

function entry(label, detail, current, press, unread = false) {
  const item = document.createElement("li");
  const button = document.createElement("button");
  button.type = "button";
  button.append(label);
  if (unread && !current) button.append(newMark());
  if (detail) {
    const small = document.createElement("small");
    small.textContent = detail;
    button.append(small);
  }
  if (current) button.setAttribute("aria-current", "true");
  button.addEventListener("click", press);
  item.append(button);
  return item;
}

async function ask(path, body) {
  const response = await fetch(path, body === undefined ? {} : {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(await response.text());
  return response.json();
}

function draw(next) {
  if (state && JSON.stringify(next) === JSON.stringify(state)) return; // what has the focus keeps it
  const reopened = !state || next.capability !== state.capability;
  state = next;
  const you = state.people.find((person) => person.key === state.person);
  const where = state.channel === state.direct ? "in your direct messages" : `in #${state.channel}`;
  at("you").textContent = `You are ${you.name}${you.organiser ? ", organiser" : ""}, ${where}`;
  at("clock").textContent = `${state.clock} (${state.zone})`;
  at("note").textContent = state.note;
  at("menu").replaceChildren("Menu", ...(state.unread.length ? [newMark()] : []));
  at("channels").replaceChildren(...state.channels.map((name) =>
    entry(`# ${name}`, "", name === state.channel, () => view(state.person, name), state.unread.includes(name))));
  at("direct").replaceChildren(entry("@ Second Wind", "your direct messages", state.channel === state.direct,
    () => view(state.person, state.direct), state.unread.includes(state.direct)));
  at("people").replaceChildren(...state.people.map((person) =>
    entry(person.name, person.about, person.key === state.person, () => view(person.key, state.channel),
      person.unread)));
  at("files").replaceChildren(...state.files.map((name) => {
    const item = document.createElement("li");
    const file = document.createElement("a");
    file.href = `/demo/files/${name}`;
    file.download = name;
    file.textContent = name;
    item.append(file);
    return item;
  }));
  at("moves").replaceChildren(...state.moves.map((move) =>
    entry(move.label, "", false, () => moveClock(move.key))));
  drawSteps();
  if (reopened) at("discord").src = `/discord/#${state.capability}`;
}

function drawSteps() {
  at("steps").replaceChildren(...state.steps.map((step, index) => {
    const item = entry(step.text, "", false, () => {
      done.add(index);
      sessionStorage.setItem("done", JSON.stringify([...done]));
      view(step.person, step.channel);
    });
    item.firstChild.dataset.done = String(done.has(index));
    return item;
  }));
}

async function view(person, channel) {
  closeMenu();
  drawSteps();
  if (person === state.person && channel === state.channel) return;
  draw(await ask("/demo/view", { person, channel }));
}

async function moveClock(to) {
  closeMenu();
  at("clock").textContent = "Moving the clock…";
  try {
    draw(await ask("/demo/clock", { to }));
  } finally {
    at("clock").textContent = `${state.clock} (${state.zone})`;
  }
}

function closeMenu() {
  at("side").classList.remove("open");
  at("menu").setAttribute("aria-expanded", "false");
}

at("menu").addEventListener("click", () => {
  const open = at("side").classList.toggle("open");
  at("menu").setAttribute("aria-expanded", String(open));
});

draw(await ask("/demo/state"));
// /demo moves the clock from inside the channel: the page keeps up
setInterval(async () => { try { draw(await ask("/demo/state")); } catch { /* the demo was closed */ } }, 2000);

// The newest message stays in sight, as Discord keeps it, unless one has scrolled up to read.
at("discord").addEventListener("load", () => {
  const inner = at("discord").contentDocument;
  const timeline = inner?.getElementById("channel-timeline");
  if (!timeline) return;
  const later = inner.getElementById("new-messages");
  let reading = false;
  timeline.addEventListener("wheel", (event) => { if (event.deltaY < 0) reading = true; }, { passive: true });
  timeline.addEventListener("touchmove", () => { reading = true; }, { passive: true });
  timeline.addEventListener("scroll", () => {
    if (timeline.scrollHeight - timeline.scrollTop - timeline.clientHeight < 40) reading = false;
  });
  inner.getElementById("channel-composer")?.addEventListener("keydown", () => { reading = false; });
  const follow = () => {
    if (reading) return;
    if (later && !later.hidden) later.click();
    timeline.scrollTop = timeline.scrollHeight;
  };
  new inner.defaultView.ResizeObserver(follow).observe(inner.getElementById("channel-message-list"));
  if (later) new inner.defaultView.MutationObserver(follow).observe(later, { attributes: true });
});
