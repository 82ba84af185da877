"""Size of epsilon, error and CV by simulated area, one line per program."""
import matplotlib

matplotlib.use("Agg")
matplotlib.rcParams.update({"svg.hashsalt": "overland", "svg.fonttype": "none"})
import matplotlib.pyplot as plt  # noqa: E402
import numpy as np  # noqa: E402

PANELS = [("HUMAN", "human, 1 : 1"), ("YEAST", "yeast, 1 : 2"), ("ECOLI", "E. coli, 4 : 1")]
STYLES = {"overland": ("C0", "o-"), "overland mbr": ("C0", "o:"), "alphadia": ("C1", "s-"), "alphadia mbr": ("C1", "s:"), "openswath": ("C2", "^-")}
LEAST = 8  # precursors behind a point


def line(rows, edges, value):
    """Median in each bin, where enough are in it, at the bin's median area."""
    part = np.digitize(rows["area"], edges)
    points = [(own["area"].median(), value(own)) for _, own in rows.groupby(part) if len(own) >= LEAST]
    return np.array(points).T if points else np.empty((2, 0))


def draw(by_name, file, bins=8):
    """`by_name`: what quantity_judge.judge gives of each program."""
    figure, axes = plt.subplots(3, 3, figsize=(9, 7.2), sharex=True, sharey="row", layout="constrained")
    values = [("median |epsilon|, log2", lambda own: own["epsilon"].abs().median()),
              ("median |error|, log2", lambda own: own["error"].abs().median()), ("median CV, %", lambda own: 100 * own["cv"].median())]
    for column, (species, title) in enumerate(PANELS):
        area = np.concatenate([rows.loc[rows["species"] == species, "area"].values for rows in by_name.values()])
        edges = np.quantile(area, np.linspace(0, 1, bins + 1)[1:-1])
        for name, rows in by_name.items():
            color, style = STYLES[name]
            own = rows[(rows["species"] == species) & rows["epsilon"].notna()]
            for row, (label, value) in enumerate(values):
                axes[row][column].plot(*line(own, edges, value), style, color=color, markersize=4, linewidth=1.3, label=name)
                axes[row][0].set_ylabel(label)
        axes[0][column].set_title(title)
        axes[2][column].set_xlabel("log2 of the simulated area")
    for row in range(3):
        axes[row][0].set_ylim(bottom=0)
    axes[0][0].legend(frameon=False, fontsize=8)
    figure.savefig(file, metadata={"Date": None})
