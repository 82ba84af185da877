"""What real files do to runs: changed copies of a run in the Arrow form."""
import math
import random

import pyarrow
import pyarrow.ipc

WINDOW_COLUMNS = ("centerMz", "isolationWidthMz", "windowLowMz", "windowHighMz")


def read(path):
    with pyarrow.ipc.open_file(str(path)) as reader:
        return reader.read_all().combine_chunks()


def write(table, path):
    with pyarrow.ipc.new_file(str(path), table.schema) as writer:
        writer.write_table(table)
    return path


def with_column(table, name, values):
    field = table.schema.field(name)
    return table.set_column(table.schema.get_field_index(name), field, pyarrow.array(values, field.type))


def in_time_order(table):
    return table.sort_by("retentionTime").combine_chunks()


def cycles(table):
    """Rows of each cycle, which begins at an MS1 scan."""
    rows = []
    for i, order in enumerate(table["msOrder"].to_pylist()):
        if order == 1 or not rows:
            rows.append([])
        rows[-1].append(i)
    return rows


def shuffled_windows(table, seed=1):
    """The windows of each cycle in a different order."""
    random_order, times = random.Random(seed), table["retentionTime"].to_pylist()
    for cycle in cycles(table):
        places = [times[i] for i in cycle[1:]]
        random_order.shuffle(places)
        for i, time in zip(cycle[1:], places):
            times[i] = time
    return in_time_order(with_column(table, "retentionTime", times))


def missing_scans(table, share=0.07, seed=1):
    chance = random.Random(seed)
    return table.take([i for i in range(table.num_rows) if chance.random() >= share])


def jittered_windows(table, size=0.0007, seed=1):
    """Limits that differ from cycle to cycle in the last digits."""
    noise = random.Random(seed)
    for name in WINDOW_COLUMNS:
        values = table[name].to_pylist()
        table = with_column(table, name, [v if v is None else v + noise.uniform(-size, size) for v in values])
    return table


def between(table, low, high):
    """MS1 scans, and MS2 scans of the windows centred in [low, high)."""
    centers = table["centerMz"].to_pylist()
    return table.take([i for i, c in enumerate(centers) if c is None or low <= c < high])


def cycles_only(table, first, count):
    return table.take([i for cycle in cycles(table)[first:first + count] for i in cycle])


def without_ms1(table):
    return table.take([i for i, order in enumerate(table["msOrder"].to_pylist()) if order == 2])


def in_seconds(table):
    return with_column(table, "retentionTime", [60 * t for t in table["retentionTime"].to_pylist()])


def with_empty_scans(table, share=0.03, seed=1):
    chance = random.Random(seed)
    empty = {i for i in range(table.num_rows) if chance.random() < share}
    for name in ("mz_array", "intensity_array"):
        values = table[name].to_pylist()
        table = with_column(table, name, [[] if i in empty else v for i, v in enumerate(values)])
    return table


def with_untidy_peaks(table, seed=1):
    """Peaks in any order, peaks without intensity between them, and peaks beyond m/z 4096."""
    noise = random.Random(seed)
    mz_column, intensity_column = [], []
    for mz, intensity in zip(table["mz_array"].to_pylist(), table["intensity_array"].to_pylist()):
        peaks = list(zip(mz, intensity))
        peaks += [(noise.uniform(200, 1500), 0.0) for _ in range(5)] + [(noise.uniform(4096, 6000), 1e5) for _ in range(3)]
        noise.shuffle(peaks)
        mz_column.append([p[0] for p in peaks])
        intensity_column.append([p[1] for p in peaks])
    return with_column(with_column(table, "mz_array", mz_column), "intensity_array", intensity_column)


def with_other_scans(table, seed=1):
    """Between the cycles: MS3 scans, SIM scans, data-dependent scans of single precursors, scans of negative polarity. Each
    holds the peaks of a scan nearby."""
    choice = random.Random(seed)
    rows, polarity = table.to_pylist(), []
    added = []
    for cycle in cycles(table)[:-1]:
        ms2 = [rows[i] for i in cycle[1:]]
        if not ms2:
            continue
        time = ms2[-1]["retentionTime"] + 1e-4
        picked = choice.choice(ms2)
        center = choice.uniform(picked["centerMz"] - picked["isolationWidthMz"] / 2, picked["centerMz"] + picked["isolationWidthMz"] / 2)
        narrow = {"centerMz": center, "isolationWidthMz": 1.6, "windowLowMz": center - 0.8, "windowHighMz": center + 0.8}
        added.append(({**picked, **narrow, "retentionTime": time}, 1))
        added.append(({**picked, "msOrder": 3, "retentionTime": time}, 1))
        added.append(({**picked, "retentionTime": time}, -1))
        survey = rows[cycle[0]]
        if survey["msOrder"] == 1:
            inside = [k for k, mz in enumerate(survey["mz_array"]) if abs(mz - center) < 5]
            added.append(({**survey, "lowMz": center - 5, "highMz": center + 5, "retentionTime": time,
                           "mz_array": [survey["mz_array"][k] for k in inside],
                           "intensity_array": [survey["intensity_array"][k] for k in inside]}, 1))
    polarity = [1] * len(rows) + [p for _, p in added]
    mixed = pyarrow.Table.from_pylist(rows + [r for r, _ in added], table.schema)
    mixed = mixed.append_column("polarity", pyarrow.array(polarity, pyarrow.int8()))
    return in_time_order(mixed)


def with_idle_voltage(table):
    """FAIMS with a second compensation voltage that lets nothing pass: each scan is followed by an empty one."""
    kept = [{**row, "compensationVoltage": -45.0} for row in table.to_pylist()]
    idle = [{**row, "compensationVoltage": -65.0, "retentionTime": row["retentionTime"] + 4e-4, "scanNumber": row["scanNumber"] + 100000,
             "mz_array": [], "intensity_array": []} for row in kept]
    schema = table.schema.append(pyarrow.field("compensationVoltage", pyarrow.float32()))
    return in_time_order(pyarrow.Table.from_pylist(kept + idle, schema))


def with_second_energy(table):
    """Two collision energies that alternate: each MS2 scan is followed by one at twice the energy, in which large fragments have broken."""
    rows = []
    for row in table.to_pylist():
        rows.append(row)
        if row["msOrder"] == 2:
            rows.append({**row, "collisionEnergyField": 2 * row["collisionEnergyField"], "retentionTime": row["retentionTime"] + 8e-4,
                         "scanNumber": row["scanNumber"] + 200000,
                         "intensity_array": [h * math.exp(-mz / 200) for mz, h in zip(row["mz_array"], row["intensity_array"])]})
    return in_time_order(pyarrow.Table.from_pylist(rows, table.schema))


def with_jittered_energy(table, size=0.02, seed=1):
    """Energies that differ from scan to scan in the last digits."""
    noise = random.Random(seed)
    name = "collisionEnergyField"
    return with_column(table, name, [e if e is None else e * (1 + noise.uniform(-size, size)) for e in table[name].to_pylist()])


def with_energy_ramp(table, steps=11):
    """Energies that climb by 4 % from cycle to cycle and begin again."""
    name, factor = "collisionEnergyField", {}
    for number, cycle in enumerate(cycles(table)):
        factor.update(dict.fromkeys(cycle, 1.04 ** (number % steps)))
    return with_column(table, name, [e if e is None else e * factor[i] for i, e in enumerate(table[name].to_pylist())])


def with_boxes(table, width=20):
    """Each MS1 scan as two of BoxCar: boxes of m/z that take turns."""
    parts = []
    for row in table.to_pylist():
        if row["msOrder"] != 1:
            parts.append({**row, "scanRangesMz": None})
            continue
        edges = [row["lowMz"] + k * width for k in range(int((row["highMz"] - row["lowMz"]) / width) + 1)]
        for turn in range(2):
            boxes = list(zip(edges, edges[1:]))[turn::2]
            inside = [k for k, mz in enumerate(row["mz_array"]) if any(low <= mz < high for low, high in boxes)]
            parts.append({**row, "lowMz": boxes[0][0], "highMz": boxes[-1][1], "scanRangesMz": [limit for box in boxes for limit in box],
                          "retentionTime": row["retentionTime"] + 1e-4 * turn, "scanNumber": row["scanNumber"] + 100000 * turn,
                          "mz_array": [row["mz_array"][k] for k in inside], "intensity_array": [row["intensity_array"][k] for k in inside]})
    schema = table.schema.append(pyarrow.field("scanRangesMz", pyarrow.list_(pyarrow.float32())))
    return in_time_order(pyarrow.Table.from_pylist(parts, schema))


def with_voltage_and_energy(table):
    return with_idle_voltage(with_second_energy(table))


def with_split_survey(table, border=550):
    """Each MS1 scan as two, of the m/z below and above the border."""
    parts = []
    for row in table.to_pylist():
        if row["msOrder"] != 1:
            parts.append(row)
            continue
        for number, (low, high) in enumerate(((row["lowMz"], border), (border, row["highMz"]))):
            inside = [k for k, mz in enumerate(row["mz_array"]) if low <= mz < high]
            parts.append({**row, "lowMz": low, "highMz": high, "retentionTime": row["retentionTime"] + 1e-4 * number,
                          "scanNumber": row["scanNumber"] + 100000 * number,
                          "mz_array": [row["mz_array"][k] for k in inside], "intensity_array": [row["intensity_array"][k] for k in inside]})
    return in_time_order(pyarrow.Table.from_pylist(parts, table.schema))


def judge(report_rows, truth_rows):
    """Found, right and wrong precursors (siblings of what is there left out), and the share of the detectable that is found."""
    truth = {row["Precursor.Id"]: row for row in truth_rows}
    found = {row["Precursor.Id"] for row in report_rows}
    wrong = [name for name in found if not truth[name]["Present"] and not truth[name]["Sibling.Present"]]
    detectable = [name for name, row in truth.items() if row["Detectable"]]
    right = [name for name in found if truth[name]["Present"]]
    return {"found": len(found), "right": len(right), "wrong": len(wrong),
            "recall": sum(name in found for name in detectable) / max(1, len(detectable))}
