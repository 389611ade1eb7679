"""What is said of the archive, in English."""

from __future__ import annotations

from monitor.archive.words.words import Words

ENGLISH = Words(
    chinese=False,
    findings={
        # one cell
        "blanks": ("there are blanks around the text", "write '{mended}'"),
        "only_blanks": ("there are only blanks", "clear the cell"),
        "control": ("there is a line break or a control character", "write '{mended}'"),
        "full_width": ("there are full-width characters: {found}", "write '{mended}'"),
        "number_for_text": (
            "text is wanted here, not a number: zeros before it may be lost",
            "format the cell as text and type '{mended}' again",
        ),
        "no_text": ("text is wanted here, not {found}", "format the cell as text and type it again"),
        "no_address": ("'{found}' is no IPv4 or IPv6 address", "write the address of one machine, such as 192.0.2.10"),
        "no_host": (
            "'{found}' is a multicast, broadcast or unspecified address",
            "write the address of one machine, such as 192.0.2.10",
        ),
        "prefix_length": ("{found} stands behind the address", "write '{mended}'"),
        "no_number": ("'{found}' is no number above 0", "write the number alone, without its unit, such as 100"),
        "text_number": ("the number is kept as text", "format the cell as General and type {mended} again"),
        "text_date": ("the date '{found}' is kept as text", "format the cell as a date and type {mended} again"),
        "number_date": (
            "a date is wanted here, not the number {found}",
            "format the cell as a date (it is {mended}), and look whether that is right",
        ),
        "no_date": ("'{found}' is no date", "write a date, such as 2019-01-01"),
        "no_word": ("there is no choice '{found}'{near}", "choose from the list: {words}"),
        "missing": ("{found} is needed, and empty", "fill in {found}"),
        "error_cell": ("the formula failed: {found}", "correct the formula, or write the value itself"),
        "uncomputed": (
            "the value of this formula was not kept",
            "open the workbook in Excel, WPS or LibreOffice and save it, or write the value itself",
        ),
        "merged": ("the cells {found} are merged", "unmerge them, and fill in each row"),
        # what entities must agree on
        "id_twice": ("the {kind} at {place} has this id", "give each its own, and each {kind} one row"),
        "dangling": ("there is no {kind} '{found}'{near}", "correct the id, or add the {kind} to its sheet first"),
        "strange_carrier": (
            "this node is carrier {other}'s, the row carrier {own}'s",
            "correct the node or the carrier",
        ),
        "circle": ("the parents go in a circle: {circle}", "correct the parent of one of them"),
        "address_twice": (
            "this is also the address of {kind} {id} at {place}",
            "each has its own; give a line that left its in_service_to",
        ),
        "port_twice": (
            "this is also the port of line {id} at {place}, on the same node",
            "correct the port or the node; give a line that left its in_service_to",
        ),
        "over_before_begun": ("in_service_to is not later than in_service_from", "correct one of them"),
        "unknown_profile": (
            "monitor.yaml has no SNMP profile '{found}'{near} (lines: {count})",
            "correct the name, or leave it empty where the device is only pinged",
        ),
        "no_profiles": (
            "monitor.yaml has no SNMP profile '{found}' (lines: {count})",
            "name it under snmp.profiles, or export MONITOR_SNMP_COMMUNITY; leave it empty to ping only",
        ),
        "masked": (
            "the telephone number {found} is masked, and this unit or carrier has none in the inventory that it shows",
            "write it whole; or export the archive with monitor inventory export --full and change that",
        ),
        # headings and sheets
        "no_headings": (
            "the first row holds no headings",
            "put them into row 1 (the first is {found}) and delete titles above them",
        ),
        "unknown_heading": ("there is no column '{found}'{near}", "correct the heading, or delete the column"),
        "heading_twice": ("the column '{found}' is there twice", "keep one"),
        "missing_heading": (
            "the column '{found}' is missing",
            "add it; monitor inventory template writes an empty one",
        ),
        "unheaded": ("this column has content, but no heading", "give it a heading, or clear it"),
        "unknown_sheet": ("there is no such sheet{near}", "correct its name, or delete it"),
        "book_of_registers": ("this holds registers, not the archive", "import it with monitor registers import"),
        "sheet_twice": ("this is the same sheet as '{found}'", "keep one"),
        "missing_sheet": (
            "the sheet {key} ({name}) is missing",
            "add it; if there is nothing in it, with its headings",
        ),
        "empty_sheet": ("there is not one row", "an archive needs its carriers, units and lines"),
        # files
        "unreadable": ("this cannot be read: {why}", "look at the path and the rights"),
        "no_workbook": ("this is no .xlsx file", "save it as an Excel workbook; of CSV files name the folder"),
        "no_file": (
            "this is no regular file, but a device or a pipe",
            "name an .xlsx file, or the folder that holds the CSV files",
        ),
        "old_format": ("this is an old format (.xls, .et)", "open it, and save it as an Excel workbook (.xlsx)"),
        "password": ("this has a password", "open it, take the password away, and save it again"),
        "damaged": (
            "the file is damaged or incomplete",
            "fetch it again, or open it in Excel, WPS or LibreOffice, repair it and save it again",
        ),
        "macros": ("this holds macros ({part})", "save it as an Excel workbook without macros (.xlsx)"),
        "other_files": (
            "this refers to other files or data, or holds some ({part}), and nobody can tell what they say",
            "break the links (Data, Edit Links), delete embedded objects, and save it again",
        ),
        "entities": (
            "this declares XML entities ({part}), as no spreadsheet program writes it",
            "find out where the file comes from; open it and save it again",
        ),
        "too_large": ("the file is larger than {most} MB", "delete what does not belong to it, such as pictures"),
        "unpacked": (
            "the file unpacks to more than {most} MB, or has too many parts",
            "find out where it comes from; delete what does not belong to it, and save it again",
        ),
        "too_many_cells": (
            "there are too many cells, most of them empty and only formatted",
            "select all rows below the last one and all columns right of the last one, delete them, and save it again",
        ),
        "too_many_rows": (
            "there is too much, and the reading ended in row {most}",
            "find out where the file comes from; delete rows and columns that do not belong to it",
        ),
        "too_much": (
            "there is too much in {part}",
            "find out where the file comes from; delete what does not belong to it, and save it again",
        ),
        "too_many_merged": (
            "more than {most} ranges of cells are merged",
            "unmerge the whole sheet, and fill in each row",
        ),
        "encoding": ("this is neither UTF-8 nor GBK", "save it as CSV UTF-8"),
        "csv_broken": ("a quotation mark is not closed", "correct the marks of this row, or better use .xlsx"),
        "long_cell": (
            "a cell has more than {most} characters",
            "correct this row: a quotation mark may not be closed, or this is no CSV file; better use .xlsx",
        ),
        "no_csv": ("there are no CSV files in this folder", "put one a sheet there, such as lines.csv"),
        # NetBox
        "netbox_no_address": (
            "the circuit has no address: its end is not connected to a device with a primary IP",
            "connect it to the device's interface, and give the device a primary IP",
        ),
        "netbox_two_sites": (
            "both ends of the circuit are sites ({found}), and which is the unit is not known",
            "name the information centre's site with --centre",
        ),
        "netbox_no_site": ("the circuit ends at no unit's site", "give its termination a site"),
    },
    notes={
        "hidden_sheet": "the sheet is hidden, and read all the same",
        "hidden_rows": "{count} rows are hidden, and read all the same",
        "hidden_columns": "the columns {found} are hidden, and read all the same",
        "formulas": "{count} cells are formulas: the values kept in the file are read",
        "gbk": "read as GBK",
        "masked_unseen": "{count} telephone numbers are masked: there is no inventory here to look them up in; an "
        "import takes them from the one that it changes",
        "netbox_retired": "the site is retired: no unit",
        "netbox_unwatched": "the circuit is {found} and carries nothing: not probed",
        "netbox_untold": "{count} objects have no counterpart in the archive: not taken",
        "netbox_kept": "what NetBox has no counterpart of stays as it was: nodes, references, of lines the node, port, "
        "domain, SNMP profile and interfaces, and the contacts of carriers and units of which NetBox has none; "
        "{count} new lines have none of it",
    },
    kinds={},
    near="; did you mean '{near}'?",
    columns={
        "carriers.id": "an id of your own, never changed, such as unicom",
        "carriers.name": "the whole name",
        "carriers.short_name": "what messages and screens say; the name if empty",
        "nodes.id": "an id of your own, such as unicom-east",
        "nodes.carrier": "the id of its carrier",
        "nodes.name": "what people call it; the id if empty",
        "nodes.parent": "the id of the node above it; empty at the top",
        "nodes.address": "the address of its device, if known",
        "units.id": "an id of your own, never changed, such as finance-bureau",
        "units.name": "the whole name",
        "units.short_name": "what messages and screens say; the name if empty",
        "units.kind": "department, township, village or other; other if empty",
        "lines.id": "an id of your own, never changed and never given to another line, such as finance-1",
        "lines.unit": "the id of the unit that it connects",
        "lines.carrier": "the id of the carrier that it is rented from",
        "lines.node": "the id of its aggregation node; empty if not known",
        "lines.role": "primary or backup; primary if empty",
        "lines.address": "the address of the unit's edge device, which is probed; each line has its own",
        "lines.type": "MSTP, PTN, OTN, IPRAN, PON, fibre or another",
        "lines.bandwidth_mbps": "in Mbps, the number alone",
        "lines.port": "the port assigned on its node; on one node each line has its own",
        "lines.domain": "its domain, if any",
        "lines.snmp": "an SNMP profile of monitor.yaml; empty where the device is only pinged",
        "lines.wan": "the device's interface towards the carrier",
        "lines.interfaces": "the interfaces that matter to the line: in lines of their own, or separated by commas",
        "lines.in_service_from": "probed from the beginning of this day; always if empty",
        "lines.in_service_to": "not probed from the beginning of this day; a line that left keeps its row",
        "contacts.owner_kind": "carrier or unit",
        "contacts.owner": "the id of the carrier or unit",
        "contacts.role": "dispatch, supervisor (of carriers); leader, network_admin (of units); or another",
        "contacts.name": "the person's name",
        "contacts.phone": "the telephone number, as text with its leading 0; a masked one (138****0000) stays as it is",
        "contacts.email": "the address of mail",
        "references.id": "an id of your own, such as gateway",
        "references.address": "an address near the monitor, which tells its own blindness: at least its gateway",
    },
    about=("yes", "", "sheet", "column", "needed", "what goes in"),
    rules=(
        "Dark headings are needed, light ones are not. Columns may be moved or, if not needed, deleted. "
        "Merge no cells, and keep the headings in row 1.",
        "This is the whole archive: a line without its row is probed no more; its history and past reports stay.",
        "Try first: monitor inventory import FILE.xlsx lists what is new, changed and gone; --yes takes it.",
    ),
    screen={
        "finding": "{where}: {what}; {cure}",
        "where": "{where} ({heading})",
        "note": "{where}: {what}",
        "reading": "reading …",
        "reading_rows": "reading {sheet}, row {row} …",
        "comparing": "comparing with the inventory …",
        "listed": ", ",
        "sound": "{file} can be imported: {counts}",
        "exported": "exported to {file}: {counts}",
        "numbers_masked": "Telephone numbers are masked; an import keeps those of the inventory. --full gives them "
        "whole, and who took them is on record.",
        "unrecorded": "there is no database yet: this export is not on record",
        "refused_again": "an import would refuse this; mend it in inventory.yaml: {finding}",
        "template": "an empty workbook is in {file}",
        "unencrypted": "mind: this address is not https, the token goes unencrypted",
        "change": "Change",
        "sheet": "Sheet",
        "id": "Id",
        "name": "Name",
        "content": "Content",
        "new": "new",
        "changed": "changed",
        "gone": "gone",
        "nothing": "(empty)",
        "from_to": "{heading}: {old} → {new}",
        "is": "{heading}: {new}",
        "same": "This is the inventory already: nothing to take.",
        "reordered": "The order of {sheet} changes.",
        "gone_lines": "A line that is gone is probed no more; its history and past reports stay. "
        "If it left service, better keep its row and fill in in_service_to.",
        "leaves_faulty": "line {line} has the open fault {no}: once gone it is probed no more, and the fault stays "
        "open on record; settle it first, or keep the row",
        "unasked": "whether a line that is gone has an open fault could not be asked: {why}",
        "in_all": "New {new}, changed {changed}, gone {gone}.",
        "dry_run": "This was a trial: nothing is written. --yes takes it.",
        "taken": "written: {files}",
        "backup": "what was there before, with its comments, is kept as {file}",
        "reload": "Let the monitor read it: SIGHUP to monitor run (kill -HUP PID)",
    },
)
