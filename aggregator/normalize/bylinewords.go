package normalize

import "strings"

// The words of bylines. A role is any number of qualifiers and one of the bases; what stands
// alone may be one of the marks.
var (
	roleBases = strings.Fields(`小记者 记者 記者 通讯员 通訊員 编辑 編輯 責編 责编 编委 評論員 评论员 撰稿人 撰稿 撰文 作者 摄影师 攝影師 摄影 攝影 摄像
		攝像 校对 校對 校稿 审校 審校 审核 審核 审稿 审签 审读 复核 初审 初審 复审 複審 终审 終審 一审 二审 三审 四审 一審 二審 三審 编审 編審 签发
		签审 核稿 監製 监制 出品 总监制 总监 主编 主編 总编 總編 策划 策劃 统筹 統籌 供稿 供图 供圖 制图 製圖 绘图 图文 文图 文字 图片 圖片 照片
		视频 剪辑 拍摄 航拍 配音 主播 播音 出镜 翻译 翻譯 编译 編譯 整理 实习生 實習生 见习生 特派员 特派員 观察员 撰寫 采写 采访 执笔 責任編輯 海报 设计
		美编 排版 校审 投稿 来稿 取材 執筆 写真 撮影 編集 기자 글 사진 특파원 편집`)
	roleQualifiers = strings.Fields(`特约 特約 见习 見習 实习 實習 首席 高级 资深 資深 全媒体 融媒体 融媒 全媒 新媒体 全媒體 文字 摄影 攝影 视频 图片
		特派 驻站 驻地 驻村 校园 值班 职工 基层 学生 志愿者 責任 责任 网络 網路 网站 执行 執行 版面 美术 图文 助理 主任 副 本期 技术 现场 责 总 专职 特邀 青年 客座`)
	roleMarks   = strings.Fields(`文 图 圖 摄 攝 编 譯 译 审 글 사진`)
	postRoles   = strings.Fields(`文 图 圖 摄 攝 编 译 譯 摄影 攝影 摄像 供图 供圖 供稿 撰文 撰稿 拍摄 航拍 整理 图文 文图 编辑 編輯 翻译 编译 編譯 制图 기자 특파원 采写 写真 撮影`)
	pictureWork = strings.Fields(`图 圖 摄 攝 摄影 攝影 摄像 供图 供圖 图片 圖片 视频 拍摄 航拍 照片 写真 撮影 사진`)
	// creditLabels begin what is no byline, in a line that may hold one too.
	creditLabels = strings.Fields(`来源 來源 信息来源 稿源 文章来源 新闻来源 消息来源 资料来源 稿件来源 时间 時間 发布时间 发布日期 日期 更新时间 点击 浏览 阅读 浏览次数 点击数 字号 字体 分享 原标题 原題 关键词 标签 栏目 电话 邮箱`)
)

// Words that end the name of a paper, a station, a portal.
var mediaEnds = strings.Fields(`일보 신문 뉴스 방송 日报 日報 晚报 晚報 早报 早報 晨报 时报 時報 都市报 周报 商报 青年报 法制报 法治报 教育报 农民报 工人报 画报 快报 导报 新报 导刊 周刊 週刊 新聞 新闻 新闻网
	在线 在線 网站 网 網 社 电视台 電視台 电台 广播 广播电台 广播电视台 总台 台 频道 客户端 融媒体 融媒 融媒体中心 传媒 报业 报社 观察 发布 报 報 公众号 杂志 通讯 热线 之声 中心`)

// Words that end the name of a body that is no person.
var bodyEnds = strings.Fields(`委员会 党支部 支部 党委 政府 办公室 管理处 办事处 街道办 街道 社区 居委会 村委会 公司 集团 医院 卫生院 学校 中学 小学 大学 学院 幼儿园 中心 支队 大队 中队 消防站 派出所
	分局 总局 公安局 水利局 教育局 协会 学会 联合会 总工会 妇联 团委 宣传部 组织部 统战部 编辑部 工作室 记者站 检察院 法院 司法局 税务局 图书馆 博物馆 文化馆 委 局 厅 署 处 所 组 科 队 馆 园`)

// Words that no name holds.
const neverNames = "获悉讯据昨訊獲從了的从您我这那你"

// fillers are passed over among names.
var fillers = strings.Fields(`等 报道 報道 報導 综合 整理报道 综合报道 联合报道 摄影报道 電 电 讯 訊 消息 本报综合 综合整理 整合 汇总 汇编 综编 摘编 编发 转载 推荐 报送 辑录 提供 by 和 与 及 ◇ ●`)

// verbs of credit end a name that they are written to without a gap.
var creditVerbs = strings.Fields(`报道 報道 報導 等 整合 汇总 摘编 综编 编发 辑录`)

// surnames are those of one character, in the order of nothing; both scripts.
const surnames = `王李张張刘劉陈陳杨楊赵趙黄黃周吴吳徐孙孫胡朱高林何郭马馬罗羅梁宋郑鄭谢謝韩韓唐冯馮于董萧蕭程曹袁邓鄧许許傅沈曾彭吕呂苏蘇卢盧蒋蔣蔡贾賈丁魏薛叶葉阎閻余潘杜戴夏钟鍾鐘汪田任姜范範方石姚谭譚廖邹鄒熊金陆陸郝孔白崔康毛邱丘秦江史顾顧侯邵孟龙龍万萬段雷钱錢汤湯尹黎易常武乔喬贺賀赖賴龚龔文庞龐樊兰蘭殷施陶洪翟安颜顏倪严嚴牛温溫芦蘆季俞章鲁魯葛伍韦韋申尤毕畢聂聶丛叢焦向柳邢路岳齐齊梅莫庄莊辛管祝左涂塗谷祁时時舒耿牟卜路詹关關苗凌费費纪紀靳盛童欧歐甄项項曲成游阳陽裴席卫衛查屈鲍鮑位覃霍翁隋植甘景薄单單包司柏宁寧柯阮桂闵閔解强強柴华華车車冉房边邊辜吉饶饒刁瞿戚丰豐古宗仇巩鞏米晏娄婁党黨储儲卞沙尚郁鬱仲应應虞揭习習胥邸佟盘盤幸冀敖荣榮滕缪繆闻聞官全苑逯计計闫閆宫宮步佘明封厉厲付代支狄窦竇郜訾权權蒙池公楚占农農鄂郎艾鹿原蓝藍井赫吾麻母皮湛麦麥况況隆巫晋晉银銀蒲蔺藺慕令茅危喻平元和穆卓丽咸水连連桑臧别別相冷郗练練仝满滿来來宿禹伏茹仪儀岑雍薄居衡都国國匡广廣阙闕东東殳沃利蔚越夔师師厍勾敬融訾阚闞那简簡空毋沙乜养須须生税谈談户火肖荆荊门門尧堯战戰信由光布撒初折是但续續哈塔昌泰修占年才操苟买買扈燕浦娜粟斯欒栾阴陰刀召奚竺裘项缑緱经經佘员員逄鹏仉帅帥`

// compounds are the surnames of two characters.
var compounds = strings.Fields(`欧阳 歐陽 司马 司馬 上官 诸葛 諸葛 司徒 东方 東方 皇甫 尉迟 尉遲 公孙 公孫 慕容 令狐 宇文 长孙 長孫 夏侯 轩辕 軒轅 端木 百里 呼延 东郭 南宫 澹台 公冶 宗政
	濮阳 淳于 单于 太叔 申屠 公羊 赫连 钟离 鲜于 闾丘 司空 亓官 第五 拓跋 独孤 南门 西门 东门 左丘 梁丘 完颜 纳兰 叶赫 那拉 爱新 耶律 达奚 巫马 公西 漆雕 乐正 壤驷 子车 颛孙 仲孙 段干 呼延 羊舌 微生 梁丘 司寇 车正 贺兰 范姜 張簡 张简`)

// beginnings of given names in the languages of the west and north, which are written without
// surnames.
var farNames = strings.Fields(`阿布 阿卜 阿不 阿依 阿孜 阿迪 阿力 阿里木 买买 麦麦 穆罕 木合 努尔 古丽 古力 吾买 吾斯 艾力 艾合 艾尼 吐尔 吐逊 热合 热依 热孜 帕尔 帕提 帕孜 玛依 迪丽 迪力 伊力 依布 依明 卡德 卡斯 赛买 赛力 塔依 图尔 叶尔 库尔 哈力 哈丽 巴合 别克 沙吾 沙依 亚森 亚力 肉孜 玉素 祖丽 米热 斯拉 达吾 胡尔
	扎西 次仁 卓玛 尼玛 格桑 达瓦 旦增 丹增 洛桑 巴桑 索朗 索南 拉巴 普布 边巴 强巴 德吉 央金 平措 多吉 才让 仁青 贡布 桑杰 加央 白玛 群培 顿珠 益西 罗布 格列 拉姆 乌兰 巴特 巴雅 苏日 其其 娜仁 萨仁 斯琴 敖登 额尔 呼和 阿拉 布仁 宝音 朝鲁 那日 乌日 木其 图雅 特木 孟克 格日 通拉 哈斯`)
