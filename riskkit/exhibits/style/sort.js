/* Tables sort on their headings: numbers by value, text as the reader's language orders it, totals stay below. */
document.querySelectorAll("table.rk-sortable").forEach(function (table) {
  table.querySelectorAll("thead th[scope=col]").forEach(function (heading, column) {
    var text = heading.textContent, button = document.createElement("button");
    button.type = "button"; button.className = "rk-sort"; button.textContent = text;
    heading.textContent = ""; heading.appendChild(button);
    button.addEventListener("click", function () {
      var wasDown = heading.getAttribute("aria-sort") === "descending", isNumber = heading.classList.contains("rk-number");
      var up = heading.hasAttribute("aria-sort") ? wasDown : !isNumber;
      table.querySelectorAll("thead th").forEach(function (other) { other.removeAttribute("aria-sort"); });
      heading.setAttribute("aria-sort", up ? "ascending" : "descending");
      var body = table.tBodies[0], rows = Array.from(body.rows).filter(function (row) { return !row.classList.contains("rk-rest"); });
      var rest = Array.from(body.rows).filter(function (row) { return row.classList.contains("rk-rest"); });
      var key = function (row) { return row.cells[column].dataset.sort; };
      rows.sort(function (one, other) {
        var a = key(one), b = key(other);
        if (a === "" || b === "") { return (a === "") - (b === ""); }
        var order = isNumber ? a - b : a.localeCompare(b, document.documentElement.lang);
        return up ? order : -order;
      });
      rows.concat(rest).forEach(function (row) { body.appendChild(row); });
    });
  });
});
