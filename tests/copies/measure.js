// Runs beside the frames, never in them: the pages hold no script.
function channel(value) {
  const part = value / 255;
  return part <= 0.04045 ? part / 12.92 : Math.pow((part + 0.055) / 1.055, 2.4);
}
function luminance([r, g, b]) {
  return 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
}
function parts(colour) {
  const numbers = colour.match(/[\d.]+/g).map(Number);
  return numbers.length === 3 ? [...numbers, 1] : numbers;
}
function over(top, below) {
  return [0, 1, 2].map(at => top[at] * top[3] + below[at] * (1 - top[3]));
}
function background(element, view, dark) {
  const layers = [];
  for (let at = element; at; at = at.parentElement) layers.push(parts(view.getComputedStyle(at).backgroundColor));
  let colour = dark ? [18, 18, 18] : [255, 255, 255];
  for (const layer of layers.reverse()) colour = over(layer, colour);
  return colour;
}
function contrast(a, b) {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}
function measured(frame) {
  const view = frame.contentWindow, page = frame.contentDocument;
  const dark = view.matchMedia("(prefers-color-scheme: dark)").matches;
  for (const folded of page.querySelectorAll("details")) folded.open = true;
  const wider = [], faint = [];
  const width = page.documentElement.clientWidth;
  if (page.documentElement.scrollWidth > width) wider.push("the page: " + page.documentElement.scrollWidth);
  for (const element of page.body.querySelectorAll("*")) {
    const box = element.getBoundingClientRect();
    if (box.width > 0 && (box.right > width + 1 || box.left < -1)) wider.push(element.outerHTML.slice(0, 200));
  }
  let texts = 0;
  const walker = page.createTreeWalker(page.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode, element = node.parentElement;
    if (!node.data.trim() || ["STYLE", "SCRIPT"].includes(element.tagName)) continue;
    texts += 1;
    const below = background(element, view, dark);
    const ratio = contrast(over(parts(view.getComputedStyle(element).color), below), below);
    if (ratio < 4.5) faint.push(ratio.toFixed(2) + " " + element.outerHTML.slice(0, 200));
  }
  const plain = page.querySelector("div") || page.body;
  const font = parseFloat(view.getComputedStyle(plain).fontSize);
  return { name: frame.title, dark, wider: wider.slice(0, 5).join("\n"), faint: faint.slice(0, 5).join("\n"), texts, font };
}
window.addEventListener("load", () => {
  const all = [...document.querySelectorAll("iframe")].map(measured);
  document.getElementById("out").textContent = JSON.stringify(all).replace(/</g, "\\u003c");
});
