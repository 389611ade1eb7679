"""The registers: a table. Another register is another row.

The fields are those that the articles ask for. What a row says of gaps is judged by `monitor.registers.gaps`.
"""

from __future__ import annotations

from collections.abc import Mapping

from monitor.registers.register import (
    Owed,
    Register,
    SubjectKind,
    Title,
    choice,
    day,
    flag,
    instant,
    line,
    phone,
    text,
)

CONNECTION = "connection"
"""The gap of a unit that should be connected and is not (Art. 6): of no register, but counted beside theirs."""
CONNECTED = Title("接入", "connection")
ARTICLE_6 = Title("第六条", "Art. 6")
APPLY = Title("请与信息中心联系，办理接入", "please turn to the centre about a connection")

DEFINED = (
    Register(
        id="admin_filing",
        title=Title("管理员备案", "administrators filed"),
        article=Title("第十三条第（一）项", "Art. 13(1)"),
        cure=Title(
            "请明确分管领导和专职网络管理员，报信息中心备案",
            "please name a supervising leader and a network administrator, and file them with the centre",
        ),
        subject=SubjectKind.UNIT,
        fields=(
            text("leader", "分管领导", "supervising leader"),
            phone("leader_phone", "分管领导电话", "leader's telephone"),
            text("administrator", "专职网络管理员", "network administrator"),
            phone("administrator_phone", "网络管理员电话", "administrator's telephone"),
            day("filed_on", "备案日期", "filed on"),
            day("confirmed_on", "复核日期", "confirmed on", needed=False),
        ),
        owed=Owed.SUBJECT,
        begins="filed_on",
        in_order=("filed_on", "confirmed_on"),
        renewed=("filed_on", "confirmed_on"),
    ),
    Register(
        id="confidentiality_commitment",
        title=Title("安全保密承诺书", "confidentiality commitments"),
        article=Title("第十七条", "Art. 17"),
        cure=Title(
            "请签订（已接入的补签）安全保密承诺书，报信息中心存档",
            "please sign the security and confidentiality commitment, afterwards if connected before",
        ),
        subject=SubjectKind.UNIT,
        fields=(
            text("signatory", "签署人", "signatory"),
            day("signed_on", "签署日期", "signed on"),
            flag("retroactive", "补签", "signed afterwards"),
            day("expires_on", "有效期至", "valid until", needed=False, ahead=True),
        ),
        owed=Owed.SUBJECT,
        begins="signed_on",
        in_order=("signed_on", "expires_on"),
        expires="expires_on",
    ),
    Register(
        id="carrier_guarantee",
        title=Title("网络运行安全保障承诺书", "carriers' guarantees"),
        article=Title("第二十七条", "Art. 27"),
        cure=Title(
            "请与信息中心签订网络运行安全保障承诺书，并指定7×24小时联系人",
            "please sign the network operation guarantee with the centre, and name a contact round the clock",
        ),
        subject=SubjectKind.CARRIER,
        fields=(
            day("signed_on", "签订日期", "signed on"),
            day("expires_on", "有效期至", "valid until", ahead=True),
            text("contact", "7×24小时联系人", "7×24 contact"),
            phone("contact_phone", "7×24小时电话", "7×24 telephone"),
        ),
        owed=Owed.SUBJECT,
        begins="signed_on",
        in_order=("signed_on", "expires_on"),
        expires="expires_on",
    ),
    Register(
        id="emergency_plan",
        title=Title("应急预案", "emergency plans"),
        article=Title("第十三条第（二）项", "Art. 13(2)"),
        cure=Title(
            "请制定应急预案并定期演练，报信息中心存档",
            "please issue an emergency plan, exercise it, and file it with the centre",
        ),
        subject=SubjectKind.UNIT,
        fields=(
            text("version", "版本", "version"),
            day("issued_on", "印发日期", "issued on"),
            day("last_exercise_on", "最近演练日期", "last exercise on", needed=False),
        ),
        owed=Owed.SUBJECT,
        begins="issued_on",
        exercised="last_exercise_on",
    ),
    Register(
        id="disaster_backup",
        title=Title("容灾备份", "backups of important systems"),
        article=Title("第十三条第（二）项", "Art. 13(2)"),
        cure=Title(
            "请对重要系统做好容灾备份，并定期做恢复测试",
            "please back up important systems, and test that they can be restored",
        ),
        subject=SubjectKind.UNIT,
        fields=(
            text("system", "系统", "system"),
            text("method", "备份方式", "method"),
            day("last_restore_test_on", "最近恢复测试日期", "last restore test on", needed=False),
        ),
        several=("system",),
        exercised="last_restore_test_on",
    ),
    Register(
        id="access_review",
        title=Title("接入审核", "access reviews"),
        article=Title("第十六条", "Art. 16"),
        cure=Title(
            "请向信息中心提交接入申请和接入方案，办理审核",
            "please apply to the centre for a review of the connection and its plan",
        ),
        subject=SubjectKind.UNIT,
        fields=(
            text("application", "申请事项", "application"),
            line("line", "线路", "line"),
            choice(
                "decision",
                "审核结论",
                "decision",
                approved=Title("同意", "approved"),
                refused=Title("不同意", "refused"),
            ),
            day("approved_on", "审核日期", "decided on"),
        ),
        owed=Owed.LINE,
        begins="approved_on",
        several=("application", "line"),
        accepted=("decision", "approved"),
    ),
    Register(
        id="lan_change_filing",
        title=Title("局域网改造备案", "changes of LANs filed"),
        article=Title("第二十三条", "Art. 23"),
        cure=Title(
            "如已对局域网升级、改造，请报信息中心备案",
            "if the LAN was upgraded or rebuilt, please file that with the centre",
        ),
        subject=SubjectKind.UNIT,
        fields=(
            text("what", "改造内容", "what was changed"),
            line("line", "线路", "line"),
            day("finished_on", "完工日期", "finished on"),
            day("filed_on", "备案日期", "filed on"),
        ),
        begins="filed_on",
        several=("what", "finished_on"),
        in_order=("finished_on", "filed_on"),
        explains="finished_on",
    ),
    Register(
        id="resource_request",
        title=Title("资源申请", "requests for resources"),
        article=Title("第二十四条", "Art. 24"),
        cure=Title(
            "请信息中心及时答复",
            "the centre is to answer in good time",
        ),
        subject=SubjectKind.UNIT,
        fields=(
            text("what", "申请内容", "what was asked for"),
            instant("requested_at", "申请时间", "requested at"),
            instant("first_answered_at", "首次答复时间", "first answered at", needed=False),
            instant("closed_at", "办结时间", "closed at", needed=False),
            text("outcome", "办理结果", "outcome", needed=False),
        ),
        begins="requested_at",
        several=("what", "requested_at"),
        in_order=("requested_at", "first_answered_at", "closed_at"),
    ),
)

REGISTERS: Mapping[str, Register] = {register.id: register for register in DEFINED}
COUNTED = (*REGISTERS, CONNECTION)
"""What gaps are counted by."""
