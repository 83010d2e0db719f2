"""What the rollout decides, as functions of what the hosts said."""

import base64
import json

# Kinds of runs that put another release in front of people.
PUSHES = ("deploy", "install")


def batches(hosts, out, percent):
    """One host first, then so many percent of all at a time. Hosts that serve
    nobody come first: never is one taken out while another is."""
    order = [h for h in hosts if h in out] + [h for h in hosts if h not in out]
    size = max(1, len(hosts) * int(percent) // 100)
    rest = order[1:]
    return [order[:1]] * bool(order) + [
        rest[i : i + size] for i in range(0, len(rest), size)
    ]


def ledger(contents):
    """The ledgers of all hosts (base64 of JSON lines) as one, oldest first.

    A run that died while it told them how it ended has told some.
    """
    entries = {}
    for content in contents:
        for line in base64.b64decode(content).decode().splitlines():
            try:
                entry = json.loads(line)
                if not entries.get(entry["id"], {}).get("done"):
                    entries[entry["id"]] = entry
            except (ValueError, KeyError, TypeError):
                continue  # cut short by a host that died
    return [entries[id_] for id_ in sorted(entries)]


def previous_image(entries, running):
    """What a rollback goes back to, or "" if nothing is known.

    A deploy that came to its end pushes its image, a rollback pops one. After
    a deploy that ended half-way, hosts go back to the topmost. One that was
    left out of a deploy may still run what is below.
    """
    stack = []
    for entry in entries:
        if not entry.get("done"):
            continue
        if entry["kind"] in PUSHES:
            if stack[-1:] != [entry["image"]]:
                stack.append(entry["image"])
        elif entry["image"] in stack:
            del stack[stack.index(entry["image"]) + 1 :]
    if not stack:
        return ""
    ended_early = entries[-1]["kind"] in PUSHES and not entries[-1].get("done")
    # Of a run that no ledger knows.
    unknown = any(image not in stack for image in running)
    if unknown or ended_early and any(image != stack[-1] for image in running):
        return stack[-1]
    return stack[-2] if len(stack) > 1 else ""


def holder_sentence(holder):
    if holder.get("id") == "unreadable":
        return (
            "The lock of another run cannot be read. If nothing is at work, "
            "run again with -e rollout_break_lock=unreadable"
        )
    return (
        f"{holder['user']} on {holder['machine']} is at work "
        f"({holder['what']}) since {holder['since']}. If that run is gone, "
        f"run again with -e rollout_break_lock={holder['id']}"
    )


def cause(task, result):
    """Of a task that failed, as one sentence."""
    bad = [r for r in result.get("results", []) if r.get("failed")]
    result = bad[0] if bad else result
    said = [result.get("msg"), result.get("stderr") or result.get("stdout")]
    words = " ".join(str(text).strip() for text in said if text)
    return f"{task['name']}: {words}"


def problems(hosts, lost):
    """What hosts that failed say, each text once, with their containers' last
    lines; and which hosts are lost."""
    texts = {}
    for host in hosts:
        if "rollout_failure" in host:
            lines = host.get("steady_said", {}).get("stdout_lines", [])
            said = "".join(f"\n    {line[:300]}" for line in lines)
            text = host["rollout_failure"].strip() + said
            texts.setdefault(text, []).append(host["inventory_hostname"])
    found = [f"{', '.join(names)}: {text}" for text, names in texts.items()]
    return found + [f"{name} cannot be reached any more." for name in lost]


def status_rows(hosts):
    """One row a host, with headings."""
    rows = [("HOST", "VERSION", "DIGEST", "TARGET", "SINCE", "")]
    for host in hosts:
        current = host.get("steady_current")
        if current is None or "rollout_state" not in host:
            rows.append((host["inventory_hostname"], *["?"] * 4, "no answer"))
            continue
        drained = host["steady_drained"]
        note = "" if host["steady_running"] else "not running"
        if drained:
            note = f"drained by {drained['by']}, {drained['since']}"
        rows.append(
            (
                host["inventory_hostname"],
                current.get("version", "-"),
                current.get("image", "-").rpartition("@sha256:")[2][:12],
                host["rollout_state"],
                host["steady_since"][:16].replace("T", " ") or "-",
                note,
            )
        )
    return rows


def entry_sentence(entry):
    return (
        f"Last {entry['kind']}: {entry['id']} by {entry['by']}, "
        f"{'done' if entry['done'] else 'not done'}; {entry['verdict']}"
    )


def table(rows):
    """Lines of a table, from rows of texts; the first are the headings."""
    columns = range(len(rows[0]))
    widths = [max(len(row[column]) for row in rows) for column in columns]
    return [
        "  ".join(row[c].ljust(widths[c]) for c in columns).rstrip()
        for row in rows
    ]


class FilterModule:
    def filters(self):
        return {
            "rollout_batches": batches,
            "rollout_ledger": ledger,
            "rollout_previous_image": previous_image,
            "rollout_holder_sentence": holder_sentence,
            "rollout_cause": cause,
            "rollout_problems": problems,
            "rollout_status_rows": status_rows,
            "rollout_entry_sentence": entry_sentence,
            "rollout_table": table,
        }
