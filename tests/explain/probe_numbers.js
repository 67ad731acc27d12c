// Computes the numbers of many settings, and reports them as JSON that keeps infinities.
addEventListener("load", () => {
  const plain = (_, value) =>
    typeof value === "number" && !Number.isFinite(value) ? {number: String(value)} : value;
  parent.postMessage(
    JSON.stringify(
      SETTINGS.map(settings => numbers.all(settings)),
      plain,
    ),
    "*",
  );
});
