"""The sheets of the archive and their columns: what each is called, and which cells it holds.

The English names are the keys of ``inventory.yaml``; the reader takes either language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto

from monitor.inventory.model import Role, UnitKind


class Kind(Enum):
    """What the cells of a column hold."""

    NAME = auto()
    """What people are called: any text."""
    CODE = auto()
    """An identifier, a port: text without full-width characters."""
    ADDRESS = auto()
    """An IPv4 or IPv6 address."""
    NUMBER = auto()
    """A number above zero."""
    PHONE = auto()
    """A telephone number, or what stands for one: text without full-width characters."""
    DATE = auto()
    """A day, or an instant of one, in the configured zone."""
    INSTANT = auto()
    """An instant in the configured zone; a day alone is its midnight."""
    CHOICE = auto()
    """One of the words of the column."""
    SUGGESTION = auto()
    """One of the words of the column, or any other text."""
    LIST = auto()
    """Several codes: in lines of their own, or separated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column: ``words`` are what is shown for its codes, ``ids_of`` the section whose ids its cells name.

    ``former`` are words that are read for a code, and written no more.
    """

    key: str
    name: str
    kind: Kind = Kind.CODE
    needed: bool = False
    words: Mapping[str, str] = field(default_factory=dict)
    former: Mapping[str, str] = field(default_factory=dict)
    ids_of: str | None = None
    width: int = 14

    def heading(self, *, chinese: bool) -> str:
        """Return what the column is called in a language."""
        return self.name if chinese else self.key


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A sheet; its key is the section of ``inventory.yaml``; contacts stand there with their owners."""

    key: str
    name: str
    columns: tuple[Column, ...]

    def title(self, *, chinese: bool) -> str:
        """Return what the sheet is called in a language."""
        return self.name if chinese else self.key


ROLES = {Role.PRIMARY.value: "主用", Role.BACKUP.value: "备用"}
UNIT_KINDS = {
    UnitKind.DEPARTMENT.value: "县直部门",
    UnitKind.TOWNSHIP.value: "乡镇",
    UnitKind.VILLAGE.value: "村和社区",
    UnitKind.OTHER.value: "其他",
}
FORMER_UNIT_KINDS = {"部门": UnitKind.DEPARTMENT.value, "村社区": UnitKind.VILLAGE.value}
"""What earlier versions wrote: read for ever, since old workbooks come back."""
OWNERS = {"carrier": "网络运营商", "unit": "接入单位"}
OWNED_IN = {"carrier": "carriers", "unit": "units"}
CONTACT_ROLES = {
    "dispatch": "调度值班",
    "supervisor": "客户经理",
    "leader": "分管领导",
    "network_admin": "专职网络管理员",
}
TYPES = {"MSTP": "MSTP", "PTN": "PTN", "OTN": "OTN", "IPRAN": "IPRAN", "PON": "PON", "fibre": "光纤"}
"""Names of techniques are the same in both languages; whatever else a line is may stand there too."""

CARRIERS = Sheet(
    key="carriers",
    name="网络运营商",
    columns=(
        Column(key="id", name="编号", needed=True),
        Column(key="name", name="名称", kind=Kind.NAME, needed=True, width=28),
        Column(key="short_name", name="简称", kind=Kind.NAME),
    ),
)
NODES = Sheet(
    key="nodes",
    name="汇聚节点",
    columns=(
        Column(key="id", name="编号", needed=True, width=18),
        Column(key="carrier", name="运营商编号", needed=True, ids_of="carriers"),
        Column(key="name", name="名称", kind=Kind.NAME, width=20),
        Column(key="parent", name="上级节点", ids_of="nodes", width=18),
        Column(key="address", name="地址", kind=Kind.ADDRESS, width=18),
    ),
)
UNITS = Sheet(
    key="units",
    name="接入单位",
    columns=(
        Column(key="id", name="编号", needed=True, width=20),
        Column(key="name", name="名称", kind=Kind.NAME, needed=True, width=32),
        Column(key="short_name", name="简称", kind=Kind.NAME, width=16),
        Column(key="kind", name="类别", kind=Kind.CHOICE, words=UNIT_KINDS, former=FORMER_UNIT_KINDS, width=10),
    ),
)
LINES = Sheet(
    key="lines",
    name="线路",
    columns=(
        Column(key="id", name="编号", needed=True, width=20),
        Column(key="unit", name="单位编号", needed=True, ids_of="units", width=20),
        Column(key="carrier", name="运营商编号", needed=True, ids_of="carriers"),
        Column(key="node", name="节点编号", ids_of="nodes", width=18),
        Column(key="role", name="主备", kind=Kind.CHOICE, words=ROLES, width=8),
        Column(key="address", name="地址", kind=Kind.ADDRESS, needed=True, width=18),
        Column(key="type", name="类型", kind=Kind.SUGGESTION, words=TYPES, width=10),
        Column(key="bandwidth_mbps", name="带宽Mbps", kind=Kind.NUMBER, width=10),
        Column(key="port", name="端口"),
        Column(key="domain", name="域名", width=26),
        Column(key="snmp", name="SNMP配置", width=12),
        Column(key="wan", name="广域网口", width=22),
        Column(key="interfaces", name="接口", kind=Kind.LIST, width=22),
        Column(key="in_service_from", name="启用日期", kind=Kind.DATE, width=12),
        Column(key="in_service_to", name="停用日期", kind=Kind.DATE, width=12),
    ),
)
CONTACTS = Sheet(
    key="contacts",
    name="联系人",
    columns=(
        Column(key="owner_kind", name="所属类别", kind=Kind.CHOICE, needed=True, words=OWNERS, width=12),
        Column(key="owner", name="所属编号", needed=True, width=20),
        Column(key="role", name="角色", kind=Kind.SUGGESTION, needed=True, words=CONTACT_ROLES, width=18),
        Column(key="name", name="姓名", kind=Kind.NAME),
        Column(key="phone", name="电话", kind=Kind.PHONE, width=18),
        Column(key="email", name="邮箱", width=30),
    ),
)
REFERENCES = Sheet(
    key="references",
    name="参照地址",
    columns=(
        Column(key="id", name="编号", needed=True),
        Column(key="address", name="地址", kind=Kind.ADDRESS, needed=True, width=18),
    ),
)
SHEETS = (CARRIERS, NODES, UNITS, LINES, CONTACTS, REFERENCES)
ABOUT = "说明", "about"  # the sheet that explains the others; it is not read
