#!/usr/bin/env python3
"""Compares families of models for fragment intensities on equal terms.

  bench/predictor_families.py TABLE.parquet [--train 5000] [--test 1000] [--trees 300] [--epochs 30]

TABLE has one row per peptide and charge: sequence (c = carbamidomethyl-Cys, m = oxidised Met), charge, nce,
holdout, and intensity: b1+ [1..L-1], y1+, b2+, y2+, each round(10000 sqrt(I)). Every family sees the same
features of a cleavage site and gives the square roots of the four ions of that site; none sees a held-out
peptide. Prints a Markdown table: median spectral angle similarity 1 - 2 acos(cos) / pi on the intensities of
held-out peptides, and time. One thread. Needs numpy, pyarrow, xgboost.
"""
import argparse
import os
import time

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import numpy as np
import pyarrow.parquet as pq
import xgboost

ALPHABET = "ACDEFGHIKLMNPQRSTVWYcm"
CODE = {letter: i for i, letter in enumerate(ALPHABET)}
REACH = 4  # residues on each side of the cleaved bond
KINDS = 4  # b+, y+, b2+, y2+
BASIC = {"R": 1.0, "K": 0.8, "H": 0.5}  # relative, ordered by gas-phase basicity
SEED = 1


def read_rows(path, train, test):
    """`train` peptides that may be learned from and `test` held-out ones, one row each."""
    table = pq.read_table(path, columns=["sequence", "charge", "nce", "holdout", "intensity"]).to_pandas()
    table = table.drop_duplicates("sequence")
    learned = table[~table["holdout"]].sample(train, random_state=SEED)
    return learned, table[table["holdout"]].sample(test, random_state=SEED)


def site_features(sequence, charge, nce):
    """One row per bond: residues around it (one-hot), place, length, charge, energy, basic residues."""
    length = len(sequence)
    codes = [CODE[letter] for letter in sequence]
    basic = np.cumsum([0.0] + [BASIC.get(letter, 0.0) for letter in sequence])
    proline = np.cumsum([0] + [letter == "P" for letter in sequence])
    rows = np.zeros((length - 1, 2 * REACH * len(ALPHABET) + 12), dtype=np.float32)
    for bond in range(1, length):
        row = rows[bond - 1]
        for offset in range(-REACH, REACH):
            if 0 <= bond + offset < length:
                row[(offset + REACH) * len(ALPHABET) + codes[bond + offset]] = 1
        row[-12:] = (bond / length, bond / 10, (length - bond) / 10, length / 20, charge == 1, charge == 2,
                     charge == 3, charge >= 4, nce / 30, basic[bond], basic[length] - basic[bond],
                     proline[length] / 2)
    return rows


def matrices(rows):
    """Features and targets of all bonds, and where each peptide begins."""
    features, targets, begin = [], [], [0]
    for row in rows.itertuples():
        features.append(site_features(row.sequence, row.charge, row.nce))
        ions = np.asarray(row.intensity, dtype=np.float32).reshape(KINDS, -1) / 10000
        ions[1::2] = ions[1::2, ::-1].copy()  # y ions are listed by ordinal: they meet their bond from the other end
        targets.append(ions.T)
        begin.append(begin[-1] + len(features[-1]))
    return np.concatenate(features), np.concatenate(targets), begin


def similarities(predicted, target, begin):
    values = []
    for first, last in zip(begin, begin[1:]):
        a = np.square(np.maximum(predicted[first:last], 0).ravel().astype(float))
        b = np.square(target[first:last].ravel().astype(float))
        norm = np.linalg.norm(a) * np.linalg.norm(b)
        values.append(1 - 2 * np.arccos(np.clip(a @ b / norm, 0, 1)) / np.pi if norm > 0 else 0.0)
    return np.array(values)


def mean_by_place(x, y):
    """No model: the mean at the same tenth of the peptide and charge."""
    def cell(rows):
        return np.minimum((rows[:, -12] * 10).astype(int), 9) * 4 + np.argmax(rows[:, -8:-4], axis=1)
    cells = cell(x)
    means = np.stack([y[cells == c].mean(axis=0) if (cells == c).any() else y.mean(axis=0) for c in range(40)])
    return lambda rows: means[cell(rows)]


def ridge(x, y):
    x1 = np.hstack([x, np.ones((len(x), 1), np.float32)])
    weights = np.linalg.solve(x1.T @ x1 + 10 * np.eye(x1.shape[1], dtype=np.float32), x1.T @ y)
    return lambda rows: np.hstack([rows, np.ones((len(rows), 1), np.float32)]) @ weights


def boosted_trees(x, y, trees):
    settings = {"max_depth": 8, "eta": 0.1, "subsample": 0.8, "colsample_bytree": 0.5, "tree_method": "hist",
                "max_bin": 64, "nthread": 1, "seed": SEED}
    models = [xgboost.train(settings, xgboost.DMatrix(x, y[:, kind]), trees) for kind in range(KINDS)]
    return lambda rows: np.stack([model.inplace_predict(rows) for model in models], axis=1)


def network(x, y, epochs, hidden=128):
    """Two hidden layers of ReLU, Adam on squared error, learning rate falling to zero."""
    random = np.random.default_rng(SEED)
    sizes = [x.shape[1], hidden, hidden, KINDS]
    parameters = []
    for fan_in, fan_out in zip(sizes, sizes[1:]):
        parameters += [random.normal(0, np.sqrt(2 / fan_in), (fan_in, fan_out)).astype(np.float32),
                       np.zeros(fan_out, np.float32)]
    moments = [(np.zeros_like(p), np.zeros_like(p)) for p in parameters]
    steps = epochs * (len(x) // 256)
    for step in range(steps):
        chosen = random.integers(0, len(x), 256)
        for i, gradient in enumerate(gradients(parameters, x[chosen], y[chosen])):
            first, second = moments[i]
            first += 0.1 * (gradient - first)
            second += 0.001 * (gradient * gradient - second)
            rate = 2e-3 * (1 - step / steps) * np.sqrt(1 - 0.999 ** (step + 1)) / (1 - 0.9 ** (step + 1))
            parameters[i] -= np.float32(rate) * first / (np.sqrt(second) + 1e-8)
    return lambda rows: layers(parameters, rows)[-1]


def layers(parameters, x):
    w1, b1, w2, b2, w3, b3 = parameters
    h1 = np.maximum(x @ w1 + b1, 0)
    h2 = np.maximum(h1 @ w2 + b2, 0)
    return h1, h2, h2 @ w3 + b3


def gradients(parameters, x, y):
    _, _, w2, _, w3, _ = parameters
    h1, h2, out = layers(parameters, x)
    d3 = 2 * (out - y) / len(x)
    d2 = (d3 @ w3.T) * (h2 > 0)
    d1 = (d2 @ w2.T) * (h1 > 0)
    return x.T @ d1, d1.sum(0), h1.T @ d2, d2.sum(0), h2.T @ d3, d3.sum(0)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("table")
    parser.add_argument("--train", type=int, default=5000)
    parser.add_argument("--test", type=int, default=1000)
    parser.add_argument("--trees", type=int, default=300)
    parser.add_argument("--epochs", type=int, default=30)
    arguments = parser.parse_args()
    learned, held_out = read_rows(arguments.table, arguments.train, arguments.test)
    x, y, _ = matrices(learned)
    test_x, test_y, begin = matrices(held_out)
    families = [
        ("mean by place and charge", mean_by_place),
        ("linear (ridge)", ridge),
        (f"boosted trees ({arguments.trees} x 4, depth 8)", lambda a, b: boosted_trees(a, b, arguments.trees)),
        ("network (128, 128), per site", lambda a, b: network(a, b, arguments.epochs)),
    ]
    print(f"{arguments.train} peptides ({len(x)} sites) to learn from, {arguments.test} held out; one thread\n")
    print("| family | spectral angle similarity, median | 10th percentile | training s | us per spectrum |")
    print("|---|---|---|---|---|")
    for name, fit in families:
        start = time.process_time()
        predict = fit(x, y)
        trained = time.process_time()
        predicted = predict(test_x)
        used = (time.process_time() - trained) / arguments.test * 1e6
        scores = similarities(predicted, test_y, begin)
        print(f"| {name} | {np.median(scores):.3f} | {np.quantile(scores, 0.1):.3f} "
              f"| {trained - start:.1f} | {used:.0f} |", flush=True)


if __name__ == "__main__":
    main()
