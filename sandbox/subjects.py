"""What is taught where: subjects with their topics, and the programmes that lead through them."""

from collections.abc import Mapping, Sequence

from .university import Programme

Trilingual = tuple[str, str, str]

SUBJECTS: Mapping[str, Mapping[str, Sequence[Trilingual]]] = {
    "CWB": {
        "COMP": (
            ("Programming", "程式設計", "程序设计"),
            ("Algorithms", "演算法", "算法"),
            ("Operating Systems", "作業系統", "操作系统"),
            ("Machine Learning", "機器學習", "机器学习"),
            ("Computer Networks", "電腦網絡", "计算机网络"),
        ),
        "MATH": (
            ("Calculus", "微積分", "微积分"),
            ("Linear Algebra", "線性代數", "线性代数"),
            ("Probability", "概率論", "概率论"),
            ("Differential Equations", "微分方程", "微分方程"),
            ("Number Theory", "數論", "数论"),
        ),
        "PHYS": (
            ("Mechanics", "力學", "力学"),
            ("Electromagnetism", "電磁學", "电磁学"),
            ("Quantum Physics", "量子物理", "量子物理"),
            ("Thermodynamics", "熱力學", "热力学"),
            ("Astronomy", "天文學", "天文学"),
        ),
        "CHEM": (
            ("General Chemistry", "普通化學", "普通化学"),
            ("Organic Chemistry", "有機化學", "有机化学"),
            ("Physical Chemistry", "物理化學", "物理化学"),
            ("Analytical Chemistry", "分析化學", "分析化学"),
            ("Materials Chemistry", "材料化學", "材料化学"),
        ),
        "LIFS": (
            ("Cell Biology", "細胞生物學", "细胞生物学"),
            ("Genetics", "遺傳學", "遗传学"),
            ("Biochemistry", "生物化學", "生物化学"),
            ("Ecology", "生態學", "生态学"),
            ("Neurobiology", "神經生物學", "神经生物学"),
        ),
        "ECON": (
            ("Microeconomics", "微觀經濟學", "微观经济学"),
            ("Macroeconomics", "宏觀經濟學", "宏观经济学"),
            ("Econometrics", "計量經濟學", "计量经济学"),
            ("Game Theory", "博弈論", "博弈论"),
            ("Labour Economics", "勞動經濟學", "劳动经济学"),
        ),
        "FINA": (
            ("Corporate Finance", "公司財務", "公司金融"),
            ("Investments", "投資學", "投资学"),
            ("Derivatives", "衍生工具", "衍生品"),
            ("Banking", "銀行學", "银行学"),
            ("Fintech", "金融科技", "金融科技"),
        ),
        "ACCT": (
            ("Financial Accounting", "財務會計", "财务会计"),
            ("Management Accounting", "管理會計", "管理会计"),
            ("Auditing", "審計", "审计"),
            ("Taxation", "稅務", "税务"),
            ("Business Law", "商業法", "商法"),
        ),
        "ELEC": (
            ("Circuits", "電路", "电路"),
            ("Signals and Systems", "信號與系統", "信号与系统"),
            ("Communications", "通訊", "通信"),
            ("Embedded Systems", "嵌入式系統", "嵌入式系统"),
            ("Power Electronics", "電力電子", "电力电子"),
        ),
        "MECH": (
            ("Statics", "靜力學", "静力学"),
            ("Fluid Mechanics", "流體力學", "流体力学"),
            ("Control", "控制工程", "控制工程"),
            ("Manufacturing", "製造工程", "制造工程"),
            ("Aerodynamics", "空氣動力學", "空气动力学"),
        ),
        "CIVL": (
            ("Structures", "結構工程", "结构工程"),
            ("Geotechnics", "岩土工程", "岩土工程"),
            ("Hydraulics", "水力學", "水力学"),
            ("Transport", "運輸工程", "交通工程"),
            ("Construction", "建造工程", "建造工程"),
        ),
        "HUMA": (
            ("Chinese History", "中國歷史", "中国历史"),
            ("Philosophy", "哲學", "哲学"),
            ("World Literature", "世界文學", "世界文学"),
            ("Music", "音樂", "音乐"),
            ("Art History", "藝術史", "艺术史"),
        ),
        "SOSC": (
            ("Psychology", "心理學", "心理学"),
            ("Sociology", "社會學", "社会学"),
            ("Public Policy", "公共政策", "公共政策"),
            ("Anthropology", "人類學", "人类学"),
            ("Global China", "環球中國", "全球中国"),
        ),
        "LANG": (
            ("Academic English", "學術英語", "学术英语"),
            ("Putonghua", "普通話", "普通话"),
            ("Technical Writing", "科技寫作", "科技写作"),
            ("Public Speaking", "演講", "演讲"),
            ("Business Communication", "商務傳意", "商务沟通"),
        ),
    },
    "GZ": {
        "AIAA": (
            ("Deep Learning", "深度學習", "深度学习"),
            ("Computer Vision", "電腦視覺", "计算机视觉"),
            ("Language Models", "語言模型", "语言模型"),
            ("Reinforcement Learning", "強化學習", "强化学习"),
            ("Trustworthy AI", "可信人工智能", "可信人工智能"),
        ),
        "DSAA": (
            ("Data Mining", "數據挖掘", "数据挖掘"),
            ("Databases", "資料庫", "数据库"),
            ("Statistical Learning", "統計學習", "统计学习"),
            ("Data Visualisation", "數據可視化", "数据可视化"),
            ("Distributed Systems", "分散式系統", "分布式系统"),
        ),
        "MICS": (
            ("Integrated Circuits", "集成電路", "集成电路"),
            ("Sensors", "傳感器", "传感器"),
            ("Photonics", "光子學", "光子学"),
            ("Microfabrication", "微製造", "微制造"),
            ("Chip Design", "晶片設計", "芯片设计"),
        ),
        "ROAS": (
            ("Robotics", "機械人學", "机器人学"),
            ("Autonomous Driving", "自動駕駛", "自动驾驶"),
            ("Motion Planning", "運動規劃", "运动规划"),
            ("Human-Robot Interaction", "人機互動", "人机交互"),
            ("Drones", "無人機", "无人机"),
        ),
        "SMMG": (
            ("Smart Manufacturing", "智能製造", "智能制造"),
            ("Digital Twins", "數字孿生", "数字孪生"),
            ("Supply Chains", "供應鏈", "供应链"),
            ("Additive Manufacturing", "增材製造", "增材制造"),
            ("Industrial Design", "工業設計", "工业设计"),
        ),
        "FTEC": (
            ("Blockchain", "區塊鏈", "区块链"),
            ("Quantitative Trading", "量化交易", "量化交易"),
            ("Risk Analytics", "風險分析", "风险分析"),
            ("Digital Payments", "數碼支付", "数字支付"),
            ("Green Finance", "綠色金融", "绿色金融"),
        ),
    },
}

_FIELDS = {
    "COMP": ("Computer Science", "計算機科學", "计算机科学"),
    "MATH": ("Mathematics", "數學", "数学"),
    "PHYS": ("Physics", "物理學", "物理学"),
    "CHEM": ("Chemistry", "化學", "化学"),
    "LIFS": ("Biological Science", "生物科學", "生物科学"),
    "ECON": ("Economics", "經濟學", "经济学"),
    "FINA": ("Finance", "金融學", "金融学"),
    "ACCT": ("Professional Accounting", "專業會計", "专业会计"),
    "ELEC": ("Electronic Engineering", "電子工程", "电子工程"),
    "MECH": ("Mechanical Engineering", "機械工程", "机械工程"),
    "CIVL": ("Civil Engineering", "土木工程", "土木工程"),
    "SOSC": ("Global China Studies", "環球中國研究", "全球中国研究"),
    "AIAA": ("Artificial Intelligence", "人工智能", "人工智能"),
    "DSAA": ("Data Science and Analytics", "數據科學與分析", "数据科学与分析"),
    "MICS": ("Microelectronics", "微電子", "微电子"),
    "ROAS": ("Robotics and Autonomous Systems", "機械人與自主系統", "机器人与自主系统"),
    "SMMG": ("Smart Manufacturing", "智能製造", "智能制造"),
    "FTEC": ("Financial Technology", "金融科技", "金融科技"),
}
_DEGREES = (
    ("BSC", "bachelor", "BSc in {}", "{}理學士", "{}理学学士"),
    ("MPHIL", "master", "MPhil in {}", "{}哲學碩士", "{}哲学硕士"),
    ("PHD", "doctoral", "PhD in {}", "{}哲學博士", "{}哲学博士"),
)


def programmes_of(campus: str) -> list[Programme]:
    """One programme per field and degree; the code ends in the subject: BSC-COMP."""
    return [
        Programme(
            f"{degree}-{subject}",
            {"en": en.format(field[0]), "zh-hant": hant.format(field[1]), "zh-hans": hans.format(field[2])},
            campus,
            level,
            # Undergraduates repeat to replace; research degrees keep every attempt.
            "replace" if level == "bachelor" else "both",
        )
        for subject, field in _FIELDS.items()
        if subject in SUBJECTS[campus]
        for degree, level, en, hant, hans in _DEGREES
    ]
