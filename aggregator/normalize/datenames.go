package normalize

import "strings"

// alphabet holds the words of dates written with letters, without points, in lower case.
// A month of 0 is another one in another language; see place.doubtful.
var alphabet = spread([]line{
	{`january jan januar januari janvier janv enero ene gennaio gen janeiro
	 январь января янв січень січня січ styczeń stycznia sty styczen leden ledna január ocak oca ιανουαρίου ιανουάριος ιαν
	 jänner tammikuu tammikuuta tammi ianuarie ian siječanj siječnja sij gener`, lexeme{kind: isMonth, n: 1}},
	{`february feb febr februar februari février fevrier févr fév fevr febrero febbraio fevereiro fev
	 февраль февраля фев февр лютий лютого лют luty lutego únor února úno február şubat şub φεβρουαρίου φεβρουάριος φεβ
	 feber helmikuu helmikuuta helmi februarie veljača veljače febrer`, lexeme{kind: isMonth, n: 2}},
	{`march mar mars märz mär maerz mrz marzo março marco maart mrt marts
	 март марта мар березень березня бер marzec marca březen března bře március márc mart μαρτίου μάρτιος μαρ μάρ
	 maaliskuu maaliskuuta maalis martie ožujak ožujka març`, lexeme{kind: isMonth, n: 3}},
	{`april apr avril avr abril abr aprile
	 апрель апреля апр квітень квітня квіт кві kwiecień kwietnia kwi kwiecien duben dubna dub április ápr nisan nis απριλίου απρίλιος απρ
	 huhtikuu huhtikuuta huhti aprilie travanj travnja`, lexeme{kind: isMonth, n: 4}},
	{`may mai mayo maggio mag maio mei maj
	 май мая травень травня трав тра maja květen května kvě május máj mayıs may μαΐου μάιος μαι μάι μάϊ
	 toukokuu toukokuuta touko svibanj svibnja maig`, lexeme{kind: isMonth, n: 5}},
	{`june jun juin juni junio giugno giu junho
	 июнь июня июн червень червня черв чер czerwiec czerwca cze červen června čvn június jún haziran haz ιουνίου ιούνιος ιουν ιούν
	 kesäkuu kesäkuuta kesä iunie iun lipanj lipnja juny`, lexeme{kind: isMonth, n: 6}},
	{`july jul juillet juil juli julio luglio lug julho
	 июль июля июл липень липня лип lipiec lipca červenec července čvc július júl julius temmuz tem ιουλίου ιούλιος ιουλ ιούλ
	 heinäkuu heinäkuuta heinä iulie iul srpanj srpnja juliol`, lexeme{kind: isMonth, n: 7}},
	{`august aug août aout agosto ago augustus
	 август августа авг серпень серпня серп сер sierpień sierpnia sie sierpien srpen augusztus ağustos ağu αυγούστου αύγουστος αυγ αύγ
	 augusti elokuu elokuuta elo kolovoz kolovoza agost`, lexeme{kind: isMonth, n: 8}},
	{`september sep sept septembre septiembre setiembre settembre setembro set
	 сентябрь сентября сен сент вересень вересня вер wrzesień września wrz wrzesien září zář szeptember szept eylül eyl σεπτεμβρίου σεπτέμβριος σεπ
	 syyskuu syyskuuta syys septembrie rujan rujna setembre`, lexeme{kind: isMonth, n: 9}},
	{`october oct octobre octubre ottobre ott outubro out oktober okt
	 октябрь октября окт жовтень жовтня жовт жов październik października paź pazdziernik říjen října říj október ekim eki οκτωβρίου οκτώβριος οκτ
	 lokakuu lokakuuta loka octombrie`, lexeme{kind: isMonth, n: 10}},
	{`november nov novembre noviembre novembro
	 ноябрь ноября ноя нояб листопад листопада лист лис listopadu kasım kas νοεμβρίου νοέμβριος νοε νοέ
	 marraskuu marraskuuta marras noiembrie studeni studenoga`, lexeme{kind: isMonth, n: 11}},
	{`december dec décembre decembre déc diciembre dicembre dic dezembro dez dezember
	 декабрь декабря дек грудень грудня груд гру grudzień grudnia gru grudzien prosinec prosince pro aralık ara δεκεμβρίου δεκέμβριος δεκ
	 desember des joulukuu joulukuuta joulu decembrie prosinac prosinca desembre`, lexeme{kind: isMonth, n: 12}},
	{`listopad listopada srp`, lexeme{kind: isMonth}},

	{`sunday sun sonntag dimanche dim domingo dom domenica zondag zo воскресенье вс неділя нд niedziela niedz neděle vasárnap pazar κυριακή κυρ söndag sön søndag søn`, lexeme{kind: isWeekday, n: 0}},
	{`monday mon montag lundi lun lunes lunedì segunda seg maandag понедельник пн понеділок poniedziałek pon pn pondělí hétfő pazartesi pzt δευτέρα δευ måndag mån mandag man`, lexeme{kind: isWeekday, n: 1}},
	{`tuesday tue tues dienstag di mardi martes martedì terça ter dinsdag вторник вт вівторок wtorek wt úterý kedd salı τρίτη τρι tisdag tis tirsdag tir`, lexeme{kind: isWeekday, n: 2}},
	{`wednesday wed weds mittwoch mi mercredi mer miércoles mié mie mercoledì quarta qua woensdag wo среда ср середа środa śr středa szerda çarşamba çar τετάρτη τετ onsdag ons`, lexeme{kind: isWeekday, n: 3}},
	{`thursday thu thur thurs donnerstag do jeudi jeu jueves jue giovedì gio quinta qui donderdag четверг чт четвер czwartek czw čtvrtek csütörtök perşembe per πέμπτη πεμ πέμ torsdag tors tor`, lexeme{kind: isWeekday, n: 4}},
	{`friday fri freitag fr vendredi ven viernes vie venerdì sexta sex vrijdag vr пятница пт пятниця piątek pátek péntek cuma cum παρασκευή παρ fredag fre`, lexeme{kind: isWeekday, n: 5}},
	{`saturday sat samstag sonnabend sa samedi sam sábado sáb sab sabato zaterdag za суббота сб субота sobota sob szombat cumartesi cmt σάββατο σαβ σάβ lördag lör lørdag lør`, lexeme{kind: isWeekday, n: 6}},
	{`so mo feira`, lexeme{kind: isNoise}},

	{`am`, lexeme{kind: isHalf, n: int(am)}},
	{`pm`, lexeme{kind: isHalf, n: int(pm)}},
	{`t`, lexeme{kind: isClock}},
	{`h`, lexeme{kind: isUnit, n: unitHour}},

	{`st nd rd th er º ª °`, lexeme{kind: isOrdinal}},
	{`de del of the um à on kl uhr г года р року`, lexeme{kind: isNoise}},
	{`z ut utc gmt at et ct mt est edt cst cdt mst mdt pst pdt akst akdt hst ast adt nst ndt wet west cet cest met mest mez mesz
	 eet eest msk bst ist jst kst hkt sgt myt pht ict wib aest aedt acst acdt awst nzst nzdt sast brt art clt cot pkt npt`, lexeme{kind: isZone}},
	{`a b c d e f g i k l n o q s u v w x y`, lexeme{kind: isZone}},
})

// han holds the words of dates in Chinese, Japanese and Korean.
var han = spread([]line{
	{`年 년`, lexeme{kind: isUnit, n: unitYear}},
	{`月 月份 월`, lexeme{kind: isUnit, n: unitMonth}},
	{`日 号 號 일`, lexeme{kind: isUnit, n: unitDay}},
	{`时 時 点 點 시 点钟`, lexeme{kind: isUnit, n: unitHour}},
	{`分 分钟 분`, lexeme{kind: isUnit, n: unitMinute}},
	{`秒 초`, lexeme{kind: isUnit, n: unitSecond}},
	{`半`, lexeme{kind: isHalfHour}},

	{`上午 凌晨 早上 早晨 清晨 午前 오전`, lexeme{kind: isHalf, n: int(am)}},
	{`下午 傍晚 午後 午后 오후`, lexeme{kind: isHalf, n: int(pm)}},
	{`中午`, lexeme{kind: isHalf, n: int(noon)}},
	{`晚上 晚 夜间`, lexeme{kind: isHalf, n: int(night)}},

	{`民国 民國 中华民国 中華民國`, lexeme{kind: isEra, n: 1911}},
	{`公元 西元`, lexeme{kind: isEra}},
	{`明治`, lexeme{kind: isEra, n: 1867}},
	{`大正`, lexeme{kind: isEra, n: 1911}},
	{`昭和`, lexeme{kind: isEra, n: 1925}},
	{`平成`, lexeme{kind: isEra, n: 1988}},
	{`令和`, lexeme{kind: isEra, n: 2018}},

	{`星期日 星期天 周日 周天 週日 礼拜日 礼拜天 禮拜日 日曜日 일요일`, lexeme{kind: isWeekday, n: 0}},
	{`星期一 周一 週一 礼拜一 禮拜一 月曜日 월요일`, lexeme{kind: isWeekday, n: 1}},
	{`星期二 周二 週二 礼拜二 禮拜二 火曜日 火 화요일 화`, lexeme{kind: isWeekday, n: 2}},
	{`星期三 周三 週三 礼拜三 禮拜三 水曜日 水 수요일 수`, lexeme{kind: isWeekday, n: 3}},
	{`星期四 周四 週四 礼拜四 禮拜四 木曜日 木 목요일 목`, lexeme{kind: isWeekday, n: 4}},
	{`星期五 周五 週五 礼拜五 禮拜五 金曜日 金 금요일 금`, lexeme{kind: isWeekday, n: 5}},
	{`星期六 周六 週六 礼拜六 禮拜六 土曜日 土 토요일 토`, lexeme{kind: isWeekday, n: 6}},

	{`发布时间 發布時間 发布日期 發布日期 发布于 發布於 发布 發布 发表时间 发表于 發表於 更新时间 更新時間 更新日期 更新于
	 发稿时间 发文日期 成文日期 公布时间 公布日期 登载时间 时间 時間 日期 北京时间 张贴日期 張貼日期 公告日期 刊登日期 作成日 掲載日 公開日 更新日 등록일 작성일 整 正`, lexeme{kind: isNoise}},
})

// line is one meaning and its many spellings.
type line struct {
	names string
	means lexeme
}

// spread makes a table of lines; a name told twice is a mistake of ours.
func spread(lines []line) map[string]lexeme {
	all := make(map[string]lexeme, 512)
	for _, l := range lines {
		for _, name := range strings.Fields(l.names) {
			if was, told := all[name]; told && was != l.means {
				panic("dates: " + name + " has two meanings")
			}
			all[name] = l.means
		}
	}
	return all
}
