// The task pane: a form for each live script; what it asks for is computed on the server and written here.
const contents = JSON.parse(document.getElementById("xlp-contents").textContent);
const [form, scripts, languages, fields, run, status, help] = ["form", "script", "language", "arguments", "run", "status", "help"]
  .map((name) => document.getElementById(`xlp-${name}`));
const TEMPLATE = "xlp_companies";
const EVERYTHING = "*";

function preferred() {
  const spoken = (globalThis.Office?.context?.displayLanguage || navigator.language || "en").slice(0, 2).toLowerCase();
  return localStorage.getItem("xlplugin-language") || (spoken in contents.languages ? spoken : "en");
}

function words(key, values = {}) {
  return contents.texts[key][languages.value].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

function element(tag, properties, ...inside) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...inside);
  return made;
}

function chosen() {
  return contents.scripts.find((script) => script.name === scripts.value);
}

function control(argument) {
  const id = `xlp-argument-${argument.name}`;
  const common = { id, name: argument.name };
  if (argument.kind === "bool") return element("input", { ...common, type: "checkbox", checked: argument.default });
  const choices = Object.entries(argument.choices);
  if (choices.length) {
    const options = choices.map(([value, label]) => element("option", { value, textContent: label[languages.value] }));
    const select = element("select", common, ...options);
    select.value = argument.default;
    return select;
  }
  if (argument.kind === "int") {
    return element("input", { ...common, type: "number", min: argument.low, max: argument.high, step: 1, value: argument.default });
  }
  const input = element("input", { ...common, type: "text", value: argument.default, autocomplete: "off" });
  if (argument.name in contents.names) input.setAttribute("list", `xlp-names-${argument.name}`);
  return input;
}

function showArguments() {
  const script = chosen();
  help.textContent = script.help[languages.value];
  fields.replaceChildren();
  for (const argument of script.arguments) {
    const input = control(argument);
    const note = element("p", { className: "xlp-help", id: `${input.id}-help`, textContent: argument.help[languages.value] });
    input.setAttribute("aria-describedby", note.id);
    const label = element("label", { htmlFor: input.id });
    if (argument.kind === "bool") label.append(input, argument.label[languages.value]);
    else label.append(argument.label[languages.value]);
    fields.append(label, ...(argument.kind === "bool" ? [] : [input]), note);
  }
}

function showPage() {
  document.documentElement.lang = languages.value;
  for (const part of document.querySelectorAll("[data-text]")) part.textContent = words(part.dataset.text);
  const before = scripts.value || contents.scripts[0].name;
  scripts.replaceChildren(
    ...contents.scripts.map((script) => element("option", { value: script.name, textContent: script.title[languages.value] })),
  );
  scripts.value = before;
  say("", "");
  showArguments();
}

function say(kind, text) {
  status.className = kind;
  status.textContent = text;
}

function given() {
  return chosen().arguments.map((argument) => {
    const input = form.elements[argument.name];
    if (argument.kind === "bool") return input.checked;
    if (argument.kind === "int") return input.value === "" ? null : Number(input.value);
    return input.value;
  });
}

// The sheets that a script needs, by commas; blank for all. Others are not sent: a template has a megabyte.
async function needed(context, script, values) {
  const workbook = context.workbook;
  const names = workbook.names.load("items/name,items/type");
  const active = workbook.worksheets.getActiveWorksheet().load("name");
  const sheets = workbook.worksheets.load("items/name");
  await context.sync();
  const template = names.items.some((item) => item.name === TEMPLATE);
  if (template && script.reads.includes(EVERYTHING)) return "";
  const asked = values.filter((value) => typeof value === "string" && value).map((value) => value.trim().toLowerCase());
  const wanted = names.items.filter(
    (item) => item.type === "Range" && (script.reads.includes(item.name) || asked.includes(item.name.toLowerCase())),
  );
  const ranges = wanted.map((item) => item.getRangeOrNullObject());
  await context.sync();
  const homes = ranges.filter((range) => !range.isNullObject).map((range) => range.worksheet.load("name"));
  await context.sync();
  const titles = new Set([active.name, ...homes.map((sheet) => sheet.name)]);
  for (const sheet of sheets.items) {
    const addressed = [`${sheet.name}!`, `'${sheet.name.replaceAll("'", "''")}'!`].map((start) => start.toLowerCase());
    if (asked.some((text) => addressed.some((start) => text.replace(/^=/, "").startsWith(start)))) titles.add(sheet.name);
  }
  return [...titles].some((title) => /[,]|^\s|\s$/.test(title)) ? "" : [...titles].join(",");
}

async function computed(script, payload) {
  const auth = await globalThis.getAuth();
  const response = await fetch(`/xlwings/custom-scripts-call/${script.name}`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: auth.token },
    body: JSON.stringify(payload),
  });
  const text = await response.text();
  if (response.ok) return JSON.parse(text);
  let reason = text;
  try {
    reason = JSON.parse(text).detail || text;
  } catch {
    // a plain text is the reason
  }
  throw new Error(reason);
}

// Carries the actions out; where one fails the new sheet, which is ours, is taken away again.
async function written(context, answer) {
  const added = answer.actions.find((action) => action.func === "addSheet");
  const title = added.args[1];
  const place = context.workbook.worksheets.getItemOrNullObject(title).load("name");
  await context.sync();
  if (!place.isNullObject) throw new Error(words("pane.taken", { title }));
  try {
    await xlwings.runActions(answer, context);
  } catch (error) {
    const half = context.workbook.worksheets.getItemOrNullObject(title).load("name");
    await context.sync();
    if (!half.isNullObject) {
      half.delete();
      await context.sync();
    }
    throw error;
  }
  return title;
}

async function start(event) {
  event.preventDefault();
  const script = chosen();
  const values = given();
  const place = script.arguments.findIndex((argument) => argument.name === "language");
  run.disabled = true;
  say("", words("pane.running", { title: script.title[languages.value] }));
  try {
    await Office.onReady();
    const title = await Excel.run(async (context) => {
      const include = await needed(context, script, values);
      const payload = await xlwings.getBookData({ include }, context);
      const template = payload.names.some((item) => item.name === TEMPLATE);
      if (values[place] === "workbook" && !template) values[place] = languages.value;
      return await written(context, await computed(script, { ...payload, args: values }));
    });
    say("xlp-good", words("pane.done", { title }));
  } catch (error) {
    say("xlp-bad", `${words("pane.failed")} ${error.message || error}`);
  } finally {
    run.disabled = false;
    run.focus();
  }
}

for (const [code, name] of Object.entries(contents.languages)) languages.append(element("option", { value: code, textContent: name }));
for (const [name, known] of Object.entries(contents.names)) {
  document.body.append(element("datalist", { id: `xlp-names-${name}` }, ...known.map((value) => element("option", { value }))));
}
languages.value = preferred();
languages.addEventListener("change", () => {
  localStorage.setItem("xlplugin-language", languages.value);
  showPage();
});
scripts.addEventListener("change", () => {
  say("", "");
  showArguments();
});
form.addEventListener("submit", start);
showPage();
document.documentElement.dataset.xlplugin = "ready";
