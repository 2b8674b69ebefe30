// What the page says of changes, in the language of whoever reads it; what systems and the gateway say comes in that language.

const WORDS = {
  renew: ['Renew', '續借', '续借'],
  renewAll: ['Renew all', '全部續借', '全部续借'],
  cancelHold: ['Cancel hold', '取消預約', '取消预约'],
  cancelBooking: ['Cancel booking', '取消預訂', '取消预订'],
  markRead: ['Mark as read', '標為已讀', '标为已读'],
  markAllRead: ['Mark all as read', '全部標為已讀', '全部标为已读'],
  withdraw: ['Withdraw', '撤回', '撤回'],
  newTicket: ['New ticket', '新增服務單', '新建服务单'],
  openTicket: ['Open the ticket', '提交服務單', '提交服务单'],
  reply: ['Reply', '回覆', '回复'],
  sendReply: ['Send the reply', '送出回覆', '发送回复'],
  team: ['Team', '負責團隊', '负责团队'],
  subject: ['Subject', '主題', '主题'],
  text: ['What it is about', '內容', '内容'],
  yourReply: ['Your reply', '您的回覆', '您的回复'],
  actions: ['Actions', '操作', '操作'],
  asking: ['Asking …', '處理中……', '处理中……'],
  LoansRenewed: ['{done} of {all} renewed.', '已續借 {done} 項，共 {all} 項。', '已续借 {done} 项，共 {all} 项。'],
  HoldCancelled: ['The hold is cancelled.', '預約已取消。', '预约已取消。'],
  HoldPending: [
    'The library was told; the hold stands until it decides.',
    '已通知圖書館；在圖書館決定前預約仍然有效。',
    '已通知图书馆；在图书馆决定前预约仍然有效。',
  ],
  BookingCancelled: ['The booking is cancelled.', '預訂已取消。', '预订已取消。'],
  NotificationsRead: ['Marked as read.', '已標為已讀。', '已标为已读。'],
  TicketCreated: ['The ticket is open: number {number}.', '已提交服務單，編號 {number}。', '已提交服务单，编号 {number}。'],
  TicketReplied: ['The reply is sent.', '回覆已送出。', '回复已发送。'],
  ApplicationWithdrawn: ['The application is withdrawn.', '申請已撤回。', '申请已撤回。'],
  AlreadyOver: ['The application had ended before.', '申請早已結束。', '申请早已结束。'],
  noReason: ['It was refused without a reason.', '遭拒絕，未說明原因。', '遭拒绝，未说明原因。'],
  unsettled: [
    'Nobody knows yet whether it was done. Press again to find out: it is done once at most.',
    '尚未知道是否已完成。請再按一次查明：最多只會執行一次。',
    '尚未知道是否已完成。请再按一次查明：最多只会执行一次。',
  ],
  unsettledWithoutKey: [
    'Nobody knows yet whether it was done. Look at the list before you try again.',
    '尚未知道是否已完成。請先查看清單再重試。',
    '尚未知道是否已完成。请先查看清单再重试。',
  ],
};

const LANGUAGES = ['en', 'zh-Hant', 'zh-Hans'];

/** The first language of the reader's that we speak, as a tag. */
export const language = spokenOf(navigator.languages);

/** A sentence or a label of ours, with values filled in. */
export function say(name, values = {}) {
  return WORDS[name][LANGUAGES.indexOf(language)].replace(/\{(\w+)\}/g, (_, value) => values[value]);
}

/** Whether there are words of this name: what a change may be answered is told apart by it. */
export const isSaid = (name) => name in WORDS;

function spokenOf(tags) {
  for (const tag of tags) {
    if (/^en\b/i.test(tag)) return 'en';
    if (/^zh\b/i.test(tag)) return /hant|-(tw|hk|mo)\b/i.test(tag) ? 'zh-Hant' : 'zh-Hans';
  }
  return 'en';
}
