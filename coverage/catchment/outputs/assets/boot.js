// Unfolds the scripts of the page and runs each in its turn; the policy of the page knows their texts.
document.querySelectorAll('script[type="text/x-folded"]').forEach(function (node) {
  const script = document.createElement("script");
  script.textContent = new TextDecoder().decode(window.catchmentInflate(window.catchmentBytes(node)));
  node.parentNode.replaceChild(script, node);
});
