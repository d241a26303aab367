// The page's words in six languages, and how it writes amounts and times.
// A key that a language lacks is a fault that a test finds; `{n}` is filled in.

const keys = [
  "language", "logIn", "logOut", "whoAreYou", "pin", "clear", "back", "nobody", "sale", "payments",
  "shift", "charge", "add", "items", "newSale", "cancelSale", "typeCode", "pay", "waiting",
  "showCode", "approved", "approvedInPart", "declined", "paid", "partlyPaid", "cancelled",
  "expired", "stillDue", "receipt", "change", "given", "online", "offline", "unknown", "queued",
  "nothingQueued", "oldest", "trust", "left", "time", "outOfOrder", "clockSuspect", "noDaemon",
  "search", "all", "approvals", "declines", "undone", "why", "refund", "cancelPayment", "amount",
  "reason", "way", "usual", "storedValue", "voucher", "cash", "supervisor", "confirm", "sync",
  "synced", "older", "nothing", "openPeriod", "close", "closeAsk", "period", "cancellations",
  "reversals", "total", "drawer", "float", "counted", "over", "short", "exact", "print", "dark",
  "sound", "customersScreen", "acknowledged", "waitsForHub", "ready", "unclear",
  "erase", "reverse", "filter", "views", "result", "givenBack",
  "training",
  "queue",
  "entriesWait",
  "hubAnswered",
  "waitingMeans",
  "refusedByHub",
  "nothingRefused",
  "refusedMeans",
  "entryNumber", "paidByApp", "unconfirmed", "markedPaid", "markPaid", "markAsk",
  "health", "healthShown", "healthNotShown", "businessDay", "businessDays", "captive-portal",
  "vat", "gross", "net", "tax", "chargedBefore", "tip", "noTip", "customerChooses",
];

const table = {
  en: [
    "English", "Log in", "Log out", "Who are you?", "PIN", "Clear", "Back",
    "Nobody can log in yet. Add somebody: tillctl staff add NAME", "Sale", "Payments", "Shift",
    "Charge", "Add item", "Items", "New sale", "Cancel sale", "Type a code", "Pay with it",
    "Waiting for the customer's code", "The customer scans the screen, or shows a code",
    "Approved", "Approved in part", "Not accepted", "Paid", "Partly paid", "Cancelled", "Expired",
    "Still due: {n}", "Receipt {n}", "Change", "Given in cash", "Online", "Offline",
    "Not tried yet", "{n} wait for the hub", "Nothing waits", "Oldest: {n}", "Trust data: {n}",
    "Left offline", "Time left", "Out of order", "Clock in doubt",
    "The terminal does not answer. What was approved is kept. Waiting for it.",
    "Search: receipt, amount, reference", "All", "Approved", "Declined", "Undone", "Why?",
    "Refund", "Cancel payment", "Amount", "Reason", "Money goes back", "The usual way",
    "To stored value", "As a voucher", "In cash", "A supervisor must confirm", "Confirm",
    "Exchange with hub now", "Exchanged: {n} entries", "Earlier", "Nothing here",
    "Open period (X)", "Close period (Z)", "Close the period for ever?", "Period {n}", "Cancelled",
    "Reversed", "Total", "Cash drawer", "Float at opening", "Cash counted", "Over by {n}",
    "Short by {n}", "Exact", "Print", "Dark", "Sound", "Customer's screen", "At the hub",
    "Waits for the hub", "Ready", "it is not known whether anybody was told of it",
    "Delete the last digit", "Reverse", "Filter", "Views", "Result", "Given back",
    "TRAINING – nothing here is money",
    "Queue",
    "{n} entries wait",
    "Last answer of the hub: {n}",
    "It is approved and kept here, and goes out by itself once the hub is reached.",
    "Put aside by the hub",
    "The hub has put nothing aside",
    "Not credited until the hub's operator has looked at it. Give them these numbers.",
    "Entry {n}",
    "Paid by app?", "Not confirmed", "Marked as paid",
    "Mark as paid", "The money is in the bank's app: {n}",
    "Code for the technician", "The code stands on the customer's screen", "The customer's screen cannot show the code",
    "Business day {n}", "{n} business days: not closed in time",
    "The network wants a log-in",
    "VAT", "Gross", "Net", "Tax",
    "Sale {n} was made with the last try: look under Payments. Nothing was charged now.",
    "Tip", "No tip", "The customer chooses on their screen, or tells you.",
  ],
  de: [
    "Deutsch", "Anmelden", "Abmelden", "Wer sind Sie?", "PIN", "Löschen", "Zurück",
    "Noch kann sich niemand anmelden. Anlegen: tillctl staff add NAME", "Verkauf", "Zahlungen",
    "Schicht", "Kassieren", "Posten dazu", "Posten", "Neuer Verkauf", "Verkauf abbrechen",
    "Code eintippen", "Damit zahlen", "Warte auf den Code des Kunden",
    "Der Kunde scannt den Bildschirm oder zeigt einen Code", "Genehmigt", "Teilweise genehmigt",
    "Nicht angenommen", "Bezahlt", "Teilweise bezahlt", "Abgebrochen", "Abgelaufen",
    "Noch offen: {n}", "Beleg {n}", "Rückgeld", "Bar erhalten", "Online", "Offline",
    "Noch nicht versucht", "{n} warten auf den Hub", "Nichts wartet", "Älteste: {n}",
    "Vertrauensdaten: {n}", "Offline übrig", "Restzeit", "Außer Betrieb", "Uhr zweifelhaft",
    "Das Terminal antwortet nicht. Genehmigtes ist sicher. Warte darauf.",
    "Suchen: Beleg, Betrag, Referenz", "Alle", "Genehmigt", "Abgelehnt", "Zurückgenommen",
    "Warum?", "Erstatten", "Zahlung stornieren", "Betrag", "Grund", "Geld zurück",
    "Auf dem üblichen Weg", "Auf das Guthaben", "Als Gutschein", "Bar",
    "Die Aufsicht muss bestätigen", "Bestätigen", "Jetzt mit dem Hub abgleichen",
    "Abgeglichen: {n} Einträge", "Frühere", "Nichts da", "Offene Periode (X)",
    "Periode schließen (Z)", "Die Periode für immer schließen?", "Periode {n}", "Storniert",
    "Zurückgesetzt", "Summe", "Kassenlade", "Wechselgeld am Anfang", "Bar gezählt", "{n} zu viel",
    "{n} zu wenig", "Stimmt genau", "Drucken", "Dunkel", "Ton", "Kundenbildschirm", "Beim Hub",
    "Wartet auf den Hub", "Bereit", "unklar, ob jemand davon erfahren hat",
    "Letzte Ziffer löschen", "Zurücksetzen", "Filter", "Ansichten", "Ergebnis", "Zurückgegeben",
    "ÜBUNG – nichts hier ist Geld",
    "Warteschlange",
    "{n} Einträge warten",
    "Letzte Antwort des Hubs: {n}",
    "Genehmigt und hier sicher; es geht von selbst hinaus, sobald der Hub erreicht wird.",
    "Vom Hub beiseitegelegt",
    "Der Hub hat nichts beiseitegelegt",
    "Wird erst gutgeschrieben, wenn der Betreiber des Hubs es geprüft hat. Nennen Sie ihm diese Nummern.",
    "Eintrag {n}",
    "Per App bezahlt?", "Nicht bestätigt", "Als bezahlt vermerkt",
    "Als bezahlt vermerken", "Das Geld steht in der Bank-App: {n}",
    "Code für den Techniker", "Der Code steht auf dem Kundenbildschirm", "Der Kundenbildschirm kann den Code nicht zeigen",
    "Geschäftstag {n}", "{n} Geschäftstage: nicht rechtzeitig abgeschlossen",
    "Das Netz verlangt eine Anmeldung",
    "MwSt.", "Brutto", "Netto", "Steuer",
    "Verkauf {n} entstand schon beim letzten Versuch: siehe Zahlungen. Jetzt wurde nichts kassiert.",
    "Trinkgeld", "Kein Trinkgeld", "Der Kunde wählt auf seinem Bildschirm oder sagt es Ihnen.",
  ],
  fr: [
    "Français", "Se connecter", "Se déconnecter", "Qui êtes-vous ?", "Code", "Effacer", "Retour",
    "Personne ne peut encore se connecter : tillctl staff add NOM", "Vente", "Paiements",
    "Service", "Encaisser", "Ajouter", "Articles", "Nouvelle vente", "Annuler la vente",
    "Saisir un code", "Payer avec", "En attente du code du client",
    "Le client scanne l'écran ou présente un code", "Accepté", "Accepté en partie", "Non accepté",
    "Payé", "Payé en partie", "Annulé", "Expiré", "Reste à payer : {n}", "Reçu {n}", "Monnaie",
    "Reçu en espèces", "En ligne", "Hors ligne", "Pas encore essayé", "{n} attendent le hub",
    "Rien n'attend", "Le plus ancien : {n}", "Données de confiance : {n}", "Reste hors ligne",
    "Temps restant", "Hors service", "Horloge douteuse",
    "Le terminal ne répond pas. Ce qui a été accepté est gardé. En attente.",
    "Chercher : reçu, montant, référence", "Tous", "Acceptés", "Refusés", "Rendus", "Pourquoi ?",
    "Rembourser", "Annuler le paiement", "Montant", "Motif", "L'argent revient",
    "Par la voie habituelle", "Sur le solde", "En bon", "En espèces",
    "Un responsable doit confirmer", "Confirmer", "Échanger avec le hub",
    "Échangé : {n} écritures", "Plus anciens", "Rien ici", "Période ouverte (X)",
    "Clore la période (Z)", "Clore la période pour toujours ?", "Période {n}", "Annulés",
    "Contre-passés", "Total", "Tiroir-caisse", "Fond de caisse", "Espèces comptées",
    "Excédent de {n}", "Manque {n}", "Juste", "Imprimer", "Sombre", "Son", "Écran du client",
    "Au hub", "Attend le hub", "Prêt", "on ne sait pas si quelqu'un en a été informé",
    "Effacer le dernier chiffre", "Contre-passer", "Filtre", "Vues", "Résultat", "Rendu",
    "FORMATION – rien ici n'est de l'argent",
    "File d'attente",
    "{n} écritures en attente",
    "Dernière réponse du hub : {n}",
    "C'est accepté et gardé ici ; l'envoi se fait seul dès que le hub répond.",
    "Mis de côté par le hub",
    "Le hub n'a rien mis de côté",
    "Pas crédité avant examen par l'exploitant du hub. Donnez-lui ces numéros.",
    "Écriture {n}",
    "Payé par une application ?", "Non confirmé", "Noté comme payé",
    "Noter comme payé", "L'argent est dans l'application de la banque : {n}",
    "Code pour le technicien", "Le code est à l'écran du client", "L'écran du client ne peut pas montrer le code",
    "Journée comptable {n}", "{n} journées : non clôturée à temps",
    "Le réseau demande une connexion",
    "TVA", "Brut", "Net", "Taxe",
    "La vente {n} a été faite au dernier essai : voir Paiements. Rien n'est encaissé maintenant.",
    "Pourboire", "Sans pourboire", "Le client choisit sur son écran, ou vous le dit.",
  ],
  es: [
    "Español", "Entrar", "Salir", "¿Quién es usted?", "PIN", "Borrar", "Atrás",
    "Nadie puede entrar todavía: tillctl staff add NOMBRE", "Venta", "Pagos", "Turno", "Cobrar",
    "Añadir", "Artículos", "Nueva venta", "Cancelar venta", "Teclear un código", "Pagar con él",
    "Esperando el código del cliente", "El cliente escanea la pantalla o muestra un código",
    "Aprobado", "Aprobado en parte", "No aceptado", "Pagado", "Pagado en parte", "Cancelado",
    "Caducado", "Falta por pagar: {n}", "Recibo {n}", "Cambio", "Recibido en efectivo", "En línea",
    "Sin conexión", "Aún sin probar", "{n} esperan al hub", "Nada espera", "El más antiguo: {n}",
    "Datos de confianza: {n}", "Queda sin conexión", "Tiempo restante", "Fuera de servicio",
    "Reloj dudoso", "El terminal no responde. Lo aprobado está guardado. Esperándolo.",
    "Buscar: recibo, importe, referencia", "Todos", "Aprobados", "Rechazados", "Devueltos",
    "¿Por qué?", "Devolver", "Cancelar el pago", "Importe", "Motivo", "El dinero vuelve",
    "Por la vía habitual", "Al saldo", "Como vale", "En efectivo", "Debe confirmar un supervisor",
    "Confirmar", "Intercambiar con el hub", "Intercambiado: {n} asientos", "Anteriores",
    "Nada aquí", "Período abierto (X)", "Cerrar el período (Z)",
    "¿Cerrar el período para siempre?", "Período {n}", "Cancelados", "Revertidos", "Total",
    "Cajón", "Fondo inicial", "Efectivo contado", "Sobran {n}", "Faltan {n}", "Exacto", "Imprimir",
    "Oscuro", "Sonido", "Pantalla del cliente", "En el hub", "Espera al hub", "Listo",
    "no se sabe si alguien fue informado",
    "Borrar el último dígito", "Revertir", "Filtro", "Vistas", "Resultado", "Devuelto",
    "PRÁCTICAS – aquí nada es dinero",
    "Cola",
    "{n} asientos esperan",
    "Última respuesta del hub: {n}",
    "Está aprobado y guardado aquí; sale solo en cuanto se alcanza el hub.",
    "Apartado por el hub",
    "El hub no ha apartado nada",
    "No se abona hasta que el operador del hub lo revise. Dele estos números.",
    "Asiento {n}",
    "¿Pagado por aplicación?", "Sin confirmar", "Anotado como pagado",
    "Anotar como pagado", "El dinero está en la aplicación del banco: {n}",
    "Código para el técnico", "El código está en la pantalla del cliente", "La pantalla del cliente no puede mostrar el código",
    "Día contable {n}", "{n} días contables: no se cerró a tiempo",
    "La red pide iniciar sesión",
    "IVA", "Bruto", "Neto", "Impuesto",
    "La venta {n} se hizo en el último intento: véala en Pagos. Ahora no se cobró nada.",
    "Propina", "Sin propina", "El cliente elige en su pantalla o se lo dice.",
  ],
  zh: [
    "中文", "登录", "退出", "您是谁?", "密码", "清除", "返回", "尚无人可登录:tillctl staff add 姓名", "收款", "付款记录", "班次",
    "收款", "添加一项", "项目", "新的收款", "取消收款", "输入代码", "用它付款", "等待顾客的付款码", "顾客扫描屏幕,或出示付款码", "已批准", "部分批准",
    "未接受", "已付清", "部分付款", "已取消", "已过期", "尚欠:{n}", "收据 {n}", "找零", "收到现金", "在线", "离线", "尚未尝试",
    "{n} 笔等待上传", "无等待", "最早:{n}", "信任数据:{n}", "离线余额", "剩余时间", "停用", "时钟存疑",
    "终端没有响应。已批准的付款已保存。正在等待。", "搜索:收据、金额、编号", "全部", "已批准", "已拒绝", "已退回", "为什么?", "退款", "撤销付款", "金额",
    "原因", "退款方式", "通常方式", "退回储值", "退为代金券", "现金", "需要主管确认", "确认", "立即与中心同步", "已同步:{n} 条", "更早",
    "暂无", "当前账期 (X)", "结束账期 (Z)", "确定永久结束本账期?", "账期 {n}", "已撤销", "已冲正", "合计", "钱箱", "开班备用金",
    "清点现金", "多出 {n}", "短缺 {n}", "无误", "打印", "深色", "声音", "顾客屏幕", "已到中心", "等待中心", "就绪",
    "不清楚是否已告知任何人",
    "删除末位数字", "冲正", "筛选", "视图", "结果", "已退回",
    "培训模式 – 此处一切都不是真钱",
    "待传",
    "{n} 条记录等待",
    "中心上次应答:{n}",
    "已批准并保存在本机,连上中心后自动上传。",
    "中心搁置的记录",
    "中心没有搁置任何记录",
    "须经中心运营方核查后才入账。请告知这些编号。",
    "记录 {n}",
    "已用应用付款?", "未确认", "已标记为已付",
    "标记为已付", "银行应用中已显示这笔钱:{n}",
    "技术人员用码", "该码已显示在顾客屏幕上", "顾客屏幕无法显示该码",
    "营业日 {n}", "{n} 个营业日:未按时结账",
    "网络需要登录",
    "增值税", "含税", "不含税", "税额",
    "上次尝试时已生成交易 {n}:请看付款记录。这次没有收款。",
    "小费", "不给小费", "顾客在其屏幕上选择,或告诉您。",
  ],
  ar: [
    "العربية", "تسجيل الدخول", "تسجيل الخروج", "من أنت؟", "الرقم السري", "مسح", "رجوع",
    "لا أحد يستطيع الدخول بعد: tillctl staff add NAME", "بيع", "المدفوعات", "الوردية", "تحصيل",
    "إضافة بند", "البنود", "بيع جديد", "إلغاء البيع", "كتابة رمز", "ادفع به", "بانتظار رمز الزبون",
    "يمسح الزبون الشاشة أو يعرض رمزا", "تمت الموافقة", "موافقة جزئية", "غير مقبول", "مدفوع",
    "مدفوع جزئيا", "ملغى", "انتهت المدة", "المتبقي: {n}", "إيصال {n}", "الباقي", "المستلم نقدا",
    "متصل", "غير متصل", "لم يجرب بعد", "{n} بانتظار المركز", "لا شيء ينتظر", "الأقدم: {n}",
    "بيانات الثقة: {n}", "المتبقي دون اتصال", "الوقت المتبقي", "خارج الخدمة", "الساعة مشكوك فيها",
    "الجهاز لا يجيب. ما تمت الموافقة عليه محفوظ. جار الانتظار.", "بحث: إيصال أو مبلغ أو مرجع",
    "الكل", "المقبولة", "المرفوضة", "المرتجعة", "لماذا؟", "رد المبلغ", "إلغاء الدفع", "المبلغ",
    "السبب", "طريقة الرد", "الطريقة المعتادة", "إلى الرصيد", "كقسيمة", "نقدا", "يلزم تأكيد المشرف",
    "تأكيد", "المزامنة مع المركز الآن", "تمت المزامنة: {n} قيدا", "الأقدم", "لا شيء هنا",
    "الفترة المفتوحة (X)", "إغلاق الفترة (Z)", "هل تغلق الفترة نهائيا؟", "الفترة {n}", "الملغاة",
    "المعكوسة", "المجموع", "درج النقود", "رصيد البداية", "النقد المعدود", "زيادة {n}", "نقص {n}",
    "مضبوط", "طباعة", "داكن", "الصوت", "شاشة الزبون", "لدى المركز", "بانتظار المركز", "جاهز",
    "لا يعرف هل أبلغ أحد بها",
    "حذف آخر رقم", "عكس الدفع", "تصفية", "الأقسام", "النتيجة", "أعيد المبلغ",
    "تدريب – لا شيء هنا نقود حقيقية",
    "الانتظار",
    "{n} قيدا ينتظر",
    "آخر رد من المركز: {n}",
    "تمت الموافقة عليه وحفظ هنا، ويرسل تلقائيا عند الوصول إلى المركز.",
    "ما نحاه المركز جانبا",
    "لم ينح المركز شيئا",
    "لا يقيد حتى يفحصه مشغل المركز. أعطه هذه الأرقام.",
    "القيد {n}",
    "هل دفع بالتطبيق؟", "غير مؤكد", "مسجل كمدفوع",
    "سجله كمدفوع", "المبلغ ظاهر في تطبيق المصرف: {n}",
    "رمز للفني", "الرمز معروض على شاشة الزبون", "شاشة الزبون لا تستطيع عرض الرمز",
    "يوم العمل {n}", "{n} أيام عمل: لم تغلق في وقتها",
    "الشبكة تطلب تسجيل الدخول",
    "ضريبة القيمة المضافة", "الإجمالي", "الصافي", "الضريبة",
    "أنشئت عملية البيع {n} في المحاولة السابقة: انظر المدفوعات. لم يحصل شيء الآن.",
    "إكرامية", "بدون إكرامية", "يختار الزبون على شاشته أو يخبرك.",
  ],
};

// What a decline or a refusal means, for those who do not read the terminal's own (English)
// sentence: a group of reasons shares a phrase; what is in no group is told as "not accepted".
const groups = [
  ["spent-here spent-elsewhere nothing-left redeemed same-code-again", {
    de: "Schon benutzt", fr: "Déjà utilisé", es: "Ya utilizado", zh: "已使用过", ar: "مستعمل من قبل" }],
  ["expired", {
    de: "Abgelaufen", fr: "Expiré", es: "Caducado", zh: "已过期", ar: "منتهي الصلاحية" }],
  ["presentation-stale not-for-this-request", {
    de: "Nicht für diesen Verkauf: bitte neu zeigen", fr: "Pas pour cette vente : à représenter",
    es: "No es de esta venta: muéstrelo de nuevo", zh: "不属于本次收款,请重新出示",
    ar: "ليس لهذا البيع: اعرضه من جديد" }],
  ["receipt-repeated receipt-gap", {
    de: "Die Belegnummern passen nicht zusammen", fr: "Les numéros de reçu ne se suivent pas",
    es: "Los números de recibo no se siguen", zh: "收据号不连续", ar: "أرقام الإيصالات غير متتالية" }],
  ["terminal-revoked", {
    de: "Dieses Terminal ist gesperrt", fr: "Ce terminal est révoqué",
    es: "Este terminal está revocado", zh: "本终端已被吊销", ar: "هذا الجهاز ملغى" }],
  ["evidence-identity-differs evidence-kind-differs evidence-currency-differs "
    + "evidence-nonce-differs evidence-amount-differs", {
    de: "Eintrag und Gutschein widersprechen sich", fr: "L'écriture et le bon se contredisent",
    es: "El asiento y el vale se contradicen", zh: "记录与代金券不一致",
    ar: "القيد والقسيمة متناقضان" }],
  ["undo-of-no-capture undo-of-other-sale undo-repeated undo-above-capture undo-in-part "
    + "undo-restoration-differs", {
    de: "Die Rückgabe passt nicht zur Zahlung", fr: "Le remboursement ne va pas avec le paiement",
    es: "La devolución no corresponde al pago", zh: "退回与付款不符",
    ar: "المبلغ المعاد لا يطابق الدفع" }],
  ["training-voucher", {
    de: "Nur ein Übungscode", fr: "Code de formation seulement", es: "Solo un código de prácticas",
    zh: "仅为培训码", ar: "رمز للتدريب فقط" }],
  ["not-for-training", {
    de: "Kein Übungscode: er bleibt gültig", fr: "Pas un code de formation : il reste valable",
    es: "No es un código de prácticas: sigue siendo válido", zh: "不是培训码,仍然有效",
    ar: "ليس رمز تدريب: يبقى صالحا" }],
  ["issuer-unknown issuer-revoked signature-bad conflicting-voucher hot-listed", {
    de: "Nicht vertrauenswürdig", fr: "Pas digne de confiance", es: "No es de confianza",
    zh: "不受信任", ar: "غير موثوق" }],
  ["may-be-hot-listed selected-for-online sync-overdue trust-data-too-old hot-list-too-old "
    + "clock-uncertain allowance-used-up kind-allowance-used-up too-many-outstanding "
    + "too-many-of-kind", {
    de: "Braucht erst eine Verbindung zum Hub", fr: "Il faut d'abord joindre le hub",
    es: "Primero hay que conectar con el hub", zh: "需要先连接中心", ar: "يلزم الاتصال بالمركز أولا" }],
  ["unconfirmed", {
    de: "Nicht bestätigt: in der Bank-App nachsehen", fr: "Non confirmé : voir l'application de la banque",
    es: "Sin confirmar: mire la aplicación del banco", zh: "未确认:请查看银行应用",
    ar: "غير مؤكد: راجع تطبيق المصرف" }],
  ["above-voucher above-per-payment-maximum above-floor-limit above-kind-limit above-code-ceiling "
    + "one-way-above-limit voucher-allowance-used-up split-sale-exceeded above-refund-limit", {
    de: "Betrag zu hoch dafür", fr: "Montant trop élevé", es: "Importe demasiado alto",
    zh: "金额超过限额", ar: "المبلغ أعلى من الحد" }],
  ["currency-differs currency-not-accepted", {
    de: "Andere Währung", fr: "Autre devise", es: "Otra moneda", zh: "货币不符", ar: "عملة أخرى" }],
  ["several-codes", {
    de: "Mehrere Codes: nur einen zeigen", fr: "Plusieurs codes : un seul, svp",
    es: "Varios códigos: muestre uno", zh: "有多个码,请只出示一个", ar: "عدة رموز: اعرض واحدا" }],
  ["not-a-payment-code reference-unknown reference-character reference-check-symbol "
    + "reference-length reference-ambiguous", {
    de: "Kein gültiger Zahlungscode", fr: "Pas un code de paiement", es: "No es un código de pago",
    zh: "不是付款码", ar: "ليس رمز دفع" }],
  ["receipt-not-a-payment", {
    de: "Das ist ein Beleg, keine Zahlung", fr: "C'est un reçu, pas un paiement",
    es: "Es un recibo, no un pago", zh: "这是收据,不是付款", ar: "هذا إيصال وليس دفعة" }],
  ["too-soon velocity-exceeded outside-hours", {
    de: "Jetzt nicht erlaubt", fr: "Pas permis maintenant", es: "No permitido ahora",
    zh: "目前不允许", ar: "غير مسموح الآن" }],
  ["journal-unavailable clock-suspect voucher-store-unavailable", {
    de: "Terminal gestört", fr: "Terminal en panne", es: "Terminal averiado", zh: "终端故障",
    ar: "عطل في الجهاز" }],
  ["pin-wrong", {
    de: "Name und PIN passen nicht zusammen", fr: "Nom et code ne vont pas ensemble",
    es: "El nombre y el PIN no coinciden", zh: "姓名与密码不符", ar: "الاسم والرقم السري لا يتطابقان" }],
  ["pin-wait", {
    de: "Zu viele falsche PINs: bitte warten", fr: "Trop de codes faux : attendre",
    es: "Demasiados PIN erróneos: espere", zh: "密码错误次数过多,请稍候",
    ar: "محاولات خاطئة كثيرة: انتظر" }],
  ["supervisor-needed role-too-low", {
    de: "Die Aufsicht muss bestätigen", fr: "Un responsable doit confirmer",
    es: "Debe confirmar un supervisor", zh: "需要主管确认", ar: "يلزم تأكيد المشرف" }],
  ["not-logged-in", {
    de: "Bitte anmelden", fr: "Connectez-vous", es: "Entre primero", zh: "请登录", ar: "سجل الدخول" }],
  ["sale-open sale-busy", {
    de: "Ein Verkauf ist noch offen", fr: "Une vente est encore ouverte",
    es: "Hay una venta abierta", zh: "还有未完成的收款", ar: "هناك بيع مفتوح" }],
  ["already-cancelled already-reversed already-refunded refunded-in-part", {
    de: "Schon zurückgegeben", fr: "Déjà remboursé", es: "Ya devuelto", zh: "已退款",
    ar: "أعيد المبلغ من قبل" }],
  ["period-closed completion-known", {
    de: "Dafür ist es zu spät: bitte erstatten", fr: "Trop tard pour cela : remboursez",
    es: "Ya es tarde: haga un reembolso", zh: "已无法撤销,请改为退款", ar: "فات الأوان: أعد المبلغ" }],
  ["more-than-paid", {
    de: "Mehr, als von der Zahlung übrig ist", fr: "Plus que ce qui reste du paiement",
    es: "Más de lo que queda del pago", zh: "超过该笔付款的剩余金额", ar: "أكثر مما بقي من الدفعة" }],
  ["way-needed fixed-voucher voucher-expired refund-voucher-not-allowed", {
    en: "Choose another way for the money to go back",
    de: "Bitte einen anderen Weg für das Geld wählen", fr: "Choisissez un autre mode de remboursement",
    es: "Elija otra forma de devolver el dinero", zh: "请选择其他退款方式",
    ar: "اختر طريقة أخرى لإعادة المبلغ" }],
  ["receipt-unknown not-a-payment", {
    de: "Eine solche Zahlung gibt es nicht", fr: "Ce paiement n'existe pas",
    es: "No existe ese pago", zh: "没有这笔付款", ar: "لا توجد دفعة كهذه" }],
  ["no-sale no-sale-open", {
    de: "Kein Verkauf ist offen", fr: "Aucune vente n'est ouverte", es: "No hay venta abierta",
    zh: "没有进行中的收款", ar: "لا يوجد بيع مفتوح" }],
];

const languages = Object.keys(table);
let language = "en";

// Chooses the language, and turns the page round where it is written from right to left.
function speak(wanted) {
  language = languages.includes(wanted) ? wanted : "en";
  document.documentElement.lang = language;
  document.documentElement.dir = language === "ar" ? "rtl" : "ltr";
}

// Words of the page itself, wherever an element names one; `data-name` is for those who listen.
function translate() {
  for (const element of document.querySelectorAll("[data-say]")) {
    element.textContent = say(element.dataset.say);
  }
  for (const element of document.querySelectorAll("[data-name]")) {
    element.setAttribute("aria-label", say(element.dataset.name));
  }
  for (const choice of document.querySelectorAll("select.language")) choice.value = language;
}

// Begins in the language that was chosen last, or the browser's; `chosen()` follows each choice.
export function offerLanguages(chosen) {
  speak(localStorage.getItem("till-language") ?? navigator.language.split("-")[0]);
  for (const choice of document.querySelectorAll("select.language")) {
    choice.append(...languages.map((code) => new Option(table[code][0], code)));
    choice.onchange = () => {
      speak(choice.value);
      localStorage.setItem("till-language", language);
      translate();
      chosen();
    };
  }
  translate();
}

// The words for a key; `{n}` becomes `n`.
export function say(key, n) {
  const text = table[language][keys.indexOf(key)] ?? key;
  return n === undefined ? text : text.replace("{n}", n);
}

// What a decline means in the page's language, or null where the terminal's sentence says it.
export function phrase(reason) {
  const group = groups.find(([reasons]) => reasons.split(" ").includes(reason));
  return group?.[1][language] ?? (language === "en" ? null : say("declined"));
}

// The terminal's own sentence, which is English: read aloud and laid out as such in any language.
export function quoted(text) {
  return Object.assign(document.createElement("span"), {
    lang: "en", dir: "ltr", textContent: text,
  });
}

// Tells at `place` why something was refused: in the page's language, then as the terminal put it.
export function refuse(place, refusal) {
  if (!refusal.message) place.textContent = say("noDaemon");
  else place.replaceChildren(phrase(refusal.reason) ?? "", " ", quoted(refusal.message));
}

// An amount in minor units, as the language writes it; digits stay those on the keys.
export function money(minorUnits, currency, decimals) {
  const text = String(Math.abs(minorUnits)).padStart(decimals + 1, "0");
  const whole = text.slice(0, text.length - decimals);
  const mark = ["de", "fr", "es"].includes(language) ? "," : ".";
  const gap = { de: ".", fr: "\u202f", es: "." }[language] ?? ",";
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, gap);
  const rest = decimals ? mark + text.slice(-decimals) : "";
  const sign = minorUnits < 0 ? "−" : "";
  return `\u2066${sign}${grouped}${rest} ${currency}\u2069`;
}

// A rate in basis points, as the language writes it; digits stay those on the keys.
export function percent(basisPoints) {
  const mark = ["de", "fr", "es"].includes(language) ? "," : ".";
  return `\u2066${String(basisPoints / 100).replace(".", mark)} %\u2069`;
}

// An amount as the terminal's API takes it: `12.50`.
export function plain(minorUnits, decimals) {
  const text = String(minorUnits).padStart(decimals + 1, "0");
  return decimals ? `${text.slice(0, -decimals)}.${text.slice(-decimals)}` : text;
}

// Seconds, as people say them.
export function span(seconds) {
  const unit = [[86400, "day"], [3600, "hour"], [60, "minute"]].find(([size]) => seconds >= size * 2)
    ?? [60, "minute"];
  return new Intl.NumberFormat(language, {
    style: "unit", unit: unit[1], unitDisplay: "short", numberingSystem: "latn",
  }).format(Math.floor(seconds / unit[0]));
}

let zone;

// The shop's clock, wherever the browser stands; its own where it does not know the zone.
export function useZone(name) {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    zone = name;
  } catch {
    zone = undefined;
  }
}

export function clock(rfc3339) {
  return new Intl.DateTimeFormat(language, {
    timeZone: zone, dateStyle: "short", timeStyle: "short", numberingSystem: "latn",
  }).format(new Date(rfc3339));
}

// For the test: what a language lacks.
export function gaps() {
  return languages.flatMap((code) => keys.flatMap((key, index) => {
    const own = table[code][index];
    const holes = (text) => (text?.match(/\{n\}/g) ?? []).length;
    return !own || holes(own) !== holes(table.en[index]) ? [`${code}:${key}`] : [];
  }).concat(table[code].length === keys.length ? [] : [`${code}: ${table[code].length} words`]));
}
