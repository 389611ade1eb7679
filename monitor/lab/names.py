"""The names of the sample county; every one is invented or the common name of an office."""

from __future__ import annotations

from typing import NamedTuple


class Office(NamedTuple):
    """A unit's identifier, its name without the county, and the short one people say."""

    id: str
    name: str
    short_name: str


class Place(NamedTuple):
    """A township, village or community: identifier and name."""

    id: str
    name: str


COUNTY = "云岭县"
AREAS = (Place("east", "东区"), Place("south", "南区"), Place("west", "西区"), Place("north", "北区"))

DEPARTMENTS = (
    Office("county-office", "人民政府办公室", "政府办"),
    Office("development-reform", "发展和改革局", "发改局"),
    Office("education", "教育局", "教育局"),
    Office("science", "科学技术局", "科技局"),
    Office("industry", "工业和信息化局", "工信局"),
    Office("public-security", "公安局", "公安局"),
    Office("civil-affairs", "民政局", "民政局"),
    Office("justice", "司法局", "司法局"),
    Office("finance", "财政局", "财政局"),
    Office("human-resources", "人力资源和社会保障局", "人社局"),
    Office("natural-resources", "自然资源局", "自然资源局"),
    Office("ecology", "生态环境局", "环保局"),
    Office("housing", "住房和城乡建设局", "住建局"),
    Office("transport", "交通运输局", "交通局"),
    Office("water", "水利局", "水利局"),
    Office("agriculture", "农业农村局", "农业局"),
    Office("commerce", "商务局", "商务局"),
    Office("culture-tourism", "文化和旅游局", "文旅局"),
    Office("health", "卫生健康局", "卫健局"),
    Office("veterans", "退役军人事务局", "退役军人局"),
    Office("emergency", "应急管理局", "应急局"),
    Office("audit", "审计局", "审计局"),
    Office("market", "市场监督管理局", "市监局"),
    Office("statistics", "统计局", "统计局"),
    Office("medical-insurance", "医疗保障局", "医保局"),
    Office("complaints", "信访局", "信访局"),
    Office("forestry", "林业局", "林业局"),
    Office("urban-management", "城市管理局", "城管局"),
    Office("data", "数据局", "数据局"),
    Office("services", "政务服务中心", "政务中心"),
    Office("public-resources", "公共资源交易中心", "交易中心"),
    Office("sports", "体育中心", "体育中心"),
    Office("broadcasting", "融媒体中心", "融媒体中心"),
    Office("meteorology", "气象局", "气象局"),
    Office("tax", "税务局", "税务局"),
    Office("grain", "粮食和物资储备中心", "粮储中心"),
    Office("housing-fund", "住房公积金管理中心", "公积金中心"),
    Office("social-insurance", "社会保险中心", "社保中心"),
    Office("employment", "就业服务中心", "就业中心"),
    Office("disease-control", "疾病预防控制中心", "疾控中心"),
    Office("hospital", "人民医院", "县医院"),
    Office("tcm-hospital", "中医医院", "中医院"),
    Office("maternity", "妇幼保健院", "妇幼院"),
    Office("ambulance", "急救中心", "急救中心"),
    Office("archives", "档案馆", "档案馆"),
    Office("library", "图书馆", "图书馆"),
    Office("museum", "博物馆", "博物馆"),
    Office("vocational", "职业教育中心", "职教中心"),
    Office("court", "人民法院", "法院"),
    Office("procuratorate", "人民检察院", "检察院"),
    Office("fire", "消防救援大队", "消防大队"),
    Office("traffic-police", "交通警察大队", "交警大队"),
    Office("land-registry", "不动产登记中心", "不动产中心"),
    Office("surveying", "测绘地理信息中心", "测绘中心"),
    Office("investment", "投资促进中心", "投促中心"),
    Office("industrial-park", "经济开发区管理委员会", "经开区"),
    Office("scenic-area", "云岭山风景区管理处", "景区管理处"),
    Office("cooperatives", "供销合作社联合社", "供销社"),
    Office("disabled", "残疾人联合会", "残联"),
    Office("trade-union", "总工会", "总工会"),
)

TOWNSHIPS = (
    Place("qingshi", "青石镇"),
    Place("yunxi", "云溪镇"),
    Place("baisha", "白沙镇"),
    Place("longtan", "龙潭镇"),
    Place("gaoqiao", "高桥镇"),
    Place("shimen", "石门镇"),
    Place("shuanghe", "双河镇"),
    Place("liulin", "柳林镇"),
    Place("qingshui", "清水镇"),
    Place("dawan", "大湾镇"),
    Place("jinpen", "金盆镇"),
    Place("wangjiang", "望江镇"),
    Place("songling", "松岭乡"),
    Place("zhuyuan", "竹园乡"),
    Place("xinghua", "杏花乡"),
    Place("meiping", "梅坪乡"),
    Place("fengshu", "枫树乡"),
    Place("taoyuan", "桃源乡"),
)

VILLAGES = (
    Place("xinmin", "新民村"),
    Place("shangzhai", "上寨村"),
    Place("hekou", "河口村"),
    Place("nanping", "南坪村"),
    Place("chayuan", "茶园村"),
    Place("laowan", "老湾村"),
    Place("beijie", "北街社区"),
    Place("shiqiao", "石桥村"),
    Place("zhulin", "竹林村"),
    Place("dongmen", "东门社区"),
    Place("xiaohe", "小河村"),
    Place("songshu", "松树村"),
    Place("huangni", "黄泥村"),
    Place("xinjie", "新街社区"),
    Place("yanjing", "盐井村"),
    Place("malin", "马林村"),
    Place("ganxi", "甘溪村"),
    Place("guanyin", "观音村"),
    Place("tielu", "铁炉村"),
    Place("pingshang", "坪上村"),
    Place("xiaqiao", "下桥村"),
    Place("hongyan", "红岩村"),
    Place("wenming", "文明社区"),
    Place("shuikou", "水口村"),
)

SURNAMES = "赵钱孙李周吴郑王冯陈蒋沈韩杨朱何吕张孔曹严金魏陶姜谢邹苏潘葛范彭鲁韦马方任袁柳唐罗薛贺汤常"
GIVEN = "安邦博成达丹东飞峰刚国海涵和宏华慧佳建健杰洁静军俊凯康兰磊力丽林玲龙梅敏明宁平启强琴清荣瑞"
