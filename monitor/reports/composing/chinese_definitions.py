"""The words of the report's definitions (annex 8), in Chinese."""

from __future__ import annotations

from collections.abc import Mapping

CHINESE_DEFINITIONS: Mapping[str, str] = {
    "definition": "项目",
    "defined": "口径",
    "define_data": "数据与版本",
    "define_data_says": "按策略版本{policy}统计，时间计至{as_of}；故障的恢复、定责和判定以编制时所知为准{clocks}"
    "{position}。每项数字可由其背后的故障和时段逐项核对。",
    "define_clocks": "，未结的用时计至{at}",
    "define_position": "，事件日志截至第{seq}条，该条摘要{hash}",
    "define_period": "统计期",
    "define_period_says": "自{begin}起，至{end}止（不含该时刻），时间均为{zone}。{before}故障计入发现时刻所在的统计期，"
    "超时计入时限届满时刻所在的统计期；跨期的中断在期界处分开计算；期内开通或停用的线路只计其在网时间。",
    "define_before": "上期自{begin}起，至{end}止，长度相同。",
    "zone_beijing": "北京时间（{offset}）",
    "zone_other": "{name}当地时间（{offset}）",
    "define_found": "中断与恢复",
    "define_found_says": "每{interval}对线路测量一轮，每轮发出{packets}个ICMP回显请求，均无应答为失败。"
    "连续{confirm}轮失败确认中断，起点为其中第一轮；连续{restore}轮成功确认恢复，恢复时刻为其中第一轮。"
    "不足{confirm}轮的失败为瞬断，不立故障，{blips}中断时间。监测确认和各方报障中最早的时刻为发现时刻。",
    "blips_count": "计入",
    "blips_do_not": "不计入",
    "define_same": "同一故障",
    "define_same_says": "恢复后{observe}内再次中断的为同一故障，各次用时相加，其间正常的时间不计；"
    "恢复后{repeat}内另立的故障，注明与前一故障重复。{flapping_within}内再次中断达{relapses}次的，注明频繁闪断。",
    "define_limit": "排除时限",
    "define_limit_says": "每起故障{limit}（{basis}），自{start}起计时，扣除经信息中心批准的暂停计时时段；"
    "恰为时限的为按时。",
    "basis_regulation": "管理办法第二十六条",
    "basis_other": "策略规定，并非管理办法的12小时",
    "start_discovered": "发现时刻",
    "start_first_failed": "中断起点",
    "start_notified": "第一次通知送达时刻",
    "define_verdict": "判定",
    "define_verdict_says": "实际恢复时刻在最后一轮失败之后、第一轮成功之前。按第一轮成功计未超过时限的为按时排除；"
    "按最后一轮失败计已超过时限的为超时排除；其余为待核定，不计为超时。未恢复的，用时未超过时限为计时中，"
    "超过为超时未排除。故障按其首次发现时有效的策略版本判定。",
    "define_party": "责任方",
    "define_party_says": "由信息中心认定。责任属网络运营商或尚未认定的故障计入运营商；责任属接入单位、"
    "信息中心或第三方的不计时限，仍列入附件2。由其他责任方改判为网络运营商或未认定的，自该次改判起计时，"
    "以前的时间不计。",
    "define_rates": "按时排除率、超时率",
    "define_rates_says": "统计期内发现、责任属网络运营商或尚未认定的故障中，"
    "按时排除率＝按时排除÷（按时排除＋超时排除＋超时未排除），超时率＝（超时排除＋超时未排除）÷同一分母。"
    "待核定和计时中的单独列出，不计入分子和分母。",
    "define_missed": "超时",
    "define_missed_says": "时限在统计期内届满而未排除的故障，不论何时发现。",
    "define_repair": "修复时长",
    "define_repair_says": "统计期内发现、责任属网络运营商或尚未认定、已恢复的故障的用时，列平均数和中位数。",
    "define_availability": "可用率",
    "define_availability_says": "原始可用率＝1－中断时间÷（在网时间－未知时间）。"
    "考核可用率从中断时间和分母中再扣除计划检修、暂停计时和免责故障的时间。单位有几条线路的，"
    "任何一条已知正常即为正常，全部已知中断为中断，否则为未知。单位平均可用率为各单位原始可用率的算术平均数。"
    "分母为零的不作数，以“—”表示，不参与平均。",
    "define_unknown": "未知时间",
    "define_unknown_says": "两次有效测量相隔超过{stale}的，自前一次之后{interval}起至后一次止，线路状态未知，"
    "既不计为正常也不计为中断。监测覆盖率＝（在网时间－未知时间）÷在网时间。下限按未知时间全部中断计算，"
    "上限按未知时间全部正常计算。",
    "define_incident": "群障",
    "define_incident_says": "同一运营商在{within}内相继开始、涉及同一节点之下不少于{lines}条线路且不少于其在网线路"
    "{share}的故障，为一起群障；各故障分别计时、分别判定。",
    "define_rank": "排名",
    "define_rank_says": "依次比较超时率（低者在前）、考核可用率（高者在前）、平均修复时长（短者在前），"
    "三项均相同的名次并列。在网线路不足{lines}条或监测覆盖率低于{coverage}的不参与排名。",
    "define_reference": "参考值",
    "define_reference_says": "可用率参考值{reference}供对照，不作考核和处罚的依据。",
    "define_rounding": "取整",
    "define_rounding_says": "计算时不取整，列出时取整一次：百分数截到小数点后两位，不进位；时长截到分，"
    "不进位（附件1、电子表格的各附件和截后恰为时限的截到秒）。增减为所列两个数字之差，任何一期监测覆盖率低于{coverage}的不列。没有数据的以“—”表示。",
    "define_amendments": "更正",
    "define_amendments_says": "定稿后的改判不改动已定稿的各期，列入其后一期的附件7。",
}
