// What kind of page this is stands in its data.
if (data.page === "explain") drawExplain();
else drawReport();
document.documentElement.dataset.ready = "yes";
document.documentElement.dataset.milliseconds = String(Math.round(performance.now()));
