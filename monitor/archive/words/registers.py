"""What is said of sheets of the registers, in Chinese and English, beside what is said of the archive's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from monitor.archive.register_sheets import SHEETS
from monitor.archive.words.chinese import CHINESE
from monitor.archive.words.english import ENGLISH
from monitor.archive.words.words import Words
from monitor.registers.definitions import REGISTERS
from monitor.registers.register import FieldKind

FIELDS_ZH = {
    FieldKind.TEXT: "文字，不超过200字",
    FieldKind.PHONE: "完整的电话号码，按文本填写，保留前面的0；遮盖的（如138****0000）视为未改动",
    FieldKind.DAY: "日期，如2026-09-01",
    FieldKind.INSTANT: "日期和时间，如2026-09-01 13:05",
    FieldKind.FLAG: "是或否；不填为否",
    FieldKind.CHOICE: "从下拉列表中选择",
    FieldKind.LINE: "该单位的一条线路的编号；不填为该单位的全部线路",
}
FIELDS_EN = {
    FieldKind.TEXT: "text, at most 200 characters",
    FieldKind.PHONE: "the telephone number, as text with its leading 0; a masked one (138****0000) stays as it is",
    FieldKind.DAY: "a date, such as 2026-09-01",
    FieldKind.INSTANT: "date and time, such as 2026-09-01 13:05",
    FieldKind.FLAG: "yes or no; empty is no",
    FieldKind.CHOICE: "one of the list",
    FieldKind.LINE: "the id of a line of the unit; empty is all of its lines",
}
SUBJECTS_ZH = {
    "unit": "接入单位的编号，见“接入单位”表；编号和名称填一个即可",
    "unit_name": "接入单位的全称或简称",
    "carrier": "运营商的编号，见“网络运营商”表；编号和名称填一个即可",
    "carrier_name": "运营商的全称或简称",
    "entry": "已有登记的编号；新的登记不填",
}
SUBJECTS_EN = {
    "unit": "the id of the unit, see the sheet units; the id or the name is enough",
    "unit_name": "the name of the unit, or its short name",
    "carrier": "the id of the carrier, see the sheet carriers; the id or the name is enough",
    "carrier_name": "the name of the carrier, or its short name",
    "entry": "the id of an entry that is there; empty for a new one",
}


def _columns(words: Words, fields: Mapping[FieldKind, str], subjects: Mapping[str, str]) -> dict[str, str]:
    found = dict(words.columns)
    for name, sheet in SHEETS.items():
        for column in sheet.columns:
            field = REGISTERS[name].by_name.get(column.key)
            found[f"{name}.{column.key}"] = subjects[column.key] if field is None else fields[field.kind]
    return found


REGISTER_WORDS: Mapping[str, Words] = {
    "zh_CN": replace(
        CHINESE,
        findings={
            **CHINESE.findings,
            "missing_heading": ("缺少“{found}”这一列", "补上该列；空白模板：monitor registers template"),
            "no_register": (
                "没有任何一张台账的工作表",
                "工作表以台账命名，如“管理员备案”；模板：monitor registers template",
            ),
            "book_of_archive": ("这是接入档案，不是台账", "用monitor inventory import导入"),
            "no_subject": ("没有填写{kind}", "填写编号或名称"),
            "name_of_another": ("编号是{other}的，名称却是“{found}”", "改正其中一个，或只填一个"),
            "name_of_several": ("“{found}”是几个{kind}的名称", "填写编号：{ids}"),
            "unknown_name": ("档案中没有名为“{found}”的{kind}{near}", "改正名称，或先在档案中添加"),
            "line_of_another": ("线路“{found}”属于{other}", "填写该单位的线路，或不填"),
            "no_phone": ("“{found}”不是电话号码", "填写电话号码，如13800000000或0000-66000000"),
            "masked": ("遮盖的电话号码与已登记的不符", "填写完整号码"),
            "too_long": ("超过{most}字", "缩短；详细内容作为附件"),
            "day_alone": ("此处只填日期，却是“{found}”", "改为{mended}"),
            "still_to_come": ("{found}在将来", "改正日期"),
            "year_far_off": ("{found}的年份不对", "改正年份"),
            "out_of_order": ("{found}早于“{other}”（{before}）", "改正其中一个"),
            "entry_twice": ("登记{found}在表中出现了两次", "只留一行"),
            "row_twice": ("这项新登记在表中出现了两次", "只留一行；不是同一项的，写明区别"),
            "entry_of_another": ("登记{found}是{other}的", "改正登记编号或单位"),
            "no_entry": ("没有编号为“{found}”的登记", "改正编号；新的登记不填编号"),
        },
        columns=_columns(CHINESE, FIELDS_ZH, SUBJECTS_ZH),
        rules=(
            "深色列标题必填，浅色可以不填。列的次序可以调整，不要合并单元格，列标题放在第1行。",
            "每行是一项登记。表中没有的登记保持原样，不会因此删除；改动产生新的版本，原来的版本保留。",
            "先试运行：monitor registers import 文件.xlsx，逐条列出新增和变更；确认后加--yes导入。",
        ),
        screen={
            **CHINESE.screen,
            "exported": "已导出到{file}：{counts}",
            "same": "与已登记的内容一致，无须导入。",
            "in_all": "新增{new}，变更{changed}，未变{unchanged}。",
            "taken": "已登记",
        },
    ),
    "en": replace(
        ENGLISH,
        findings={
            **ENGLISH.findings,
            "missing_heading": ("the column {key} is missing", "add it; an empty one: monitor registers template"),
            "no_register": ("it has no sheet of a register", "name sheets by registers; monitor registers template"),
            "book_of_archive": ("this is the archive, no registers", "import it with monitor inventory import"),
            "no_subject": ("the {kind} is missing", "give the id or the name"),
            "name_of_another": ("the id is of {other}, the name is {found}", "mend one of them, or give one only"),
            "name_of_several": ("{found} is the name of several {kind}s", "give the id: {ids}"),
            "unknown_name": (
                "the archive has no {kind} {found}{near}",
                "mend the name, or add it to the archive first",
            ),
            "line_of_another": ("line {found} is of {other}", "name a line of this unit, or none"),
            "no_phone": ("{found} is no telephone number", "give one, such as 13800000000 or 0000-66000000"),
            "masked": ("the masked telephone number is not the one on record", "give it whole"),
            "too_long": ("it has more than {most} characters", "shorten it; attach a file for more"),
            "day_alone": ("a date alone is wanted, not {found}", "write {mended}"),
            "still_to_come": ("{found} lies in the future", "mend the date"),
            "year_far_off": ("the year of {found} cannot be right", "mend the year"),
            "out_of_order": ("{found} is before {other} ({before})", "mend one of them"),
            "entry_twice": ("entry {found} is there twice", "keep one row"),
            "row_twice": ("this new entry is there twice", "keep one row; say what differs where they are two"),
            "entry_of_another": ("entry {found} is of {other}", "mend the entry's id, or whose it is"),
            "no_entry": ("there is no entry {found}", "mend the id; leave it empty for a new entry"),
        },
        columns=_columns(ENGLISH, FIELDS_EN, SUBJECTS_EN),
        rules=(
            "Dark headings must be filled in, light ones may stay empty. Columns may change places; merge no cells; "
            "headings stay in row 1.",
            "A row is an entry. What has no row stays as it is; a change makes a new version, and the old one stays.",
            "Try it first: monitor registers import FILE.xlsx lists what is new and changed; take it with --yes.",
        ),
        screen={
            **ENGLISH.screen,
            "exported": "exported to {file}: {counts}",
            "same": "Just that is on record; there is nothing to import.",
            "in_all": "{new} new, {changed} changed, {unchanged} unchanged.",
            "taken": "entered",
        },
    ),
}
