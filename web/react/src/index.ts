"use client";

// @paydesk/react: hooks and components over paydesk, to be used below a PaydeskProvider.

export { type Action, type Progress, useAction } from "./action.js";
export { ApiKeys } from "./api_keys.js";
export { BankPayoutList } from "./bank_payout_list.js";
export { BookingList, type BookingListProps } from "./booking_list.js";
export { BookingPicker, type BookingPickerProps } from "./booking_picker.js";
export {
  alternativesOf,
  type BookingInput,
  type MoveInput,
  type SlotsInput,
  type UseBookings,
  type UseCalendarFeed,
  useBookingSlots,
  useBookings,
  useCalendarFeed,
} from "./bookings.js";
export type { Snapshot } from "./cache.js";
export { CalendarFeed, type CalendarFeedProps } from "./calendar_feed.js";
export { type CheckoutInput, useCheckout } from "./checkout.js";
export { CreditBalance } from "./credit_balance.js";
export { CreditHistory } from "./credit_history.js";
export { useCreditHistory, useCredits, useEntitlements, useNotices, useProducts, usePurchases } from "./credits.js";
export { EarningList } from "./earning_list.js";
export { type UsePayoutAccount, useBankPayouts, useEarnings, usePayoutAccount } from "./earnings.js";
export { decimalsOf, formatDate, formatMoney, formatNumber, formatTime } from "./formats.js";
export { InvoiceList } from "./invoice_list.js";
export { type UseApiKeys, useApiKeys } from "./keys.js";
export { NoticeList } from "./notice_list.js";
export { OrderForm, type OrderFormProps } from "./order_form.js";
export { OrderList } from "./order_list.js";
export { type OrderInput, type UseOrders, useOrders, usePlaceOrder } from "./orders.js";
export { PayoutAccount, type PayoutAccountProps } from "./payout_account.js";
export { type Navigate, type Paydesk, PaydeskProvider, type PaydeskProviderProps, usePaydesk } from "./provider.js";
export { PurchaseButton, type PurchaseButtonProps } from "./purchase_button.js";
export { PurchaseList, type PurchaseListProps } from "./purchase_list.js";
export { useRead } from "./read.js";
export { RefundRequestList } from "./refund_requests.js";
export { type RefundInput, useAskForRefund, useRefundRequests } from "./refunds.js";
export type { List, Resource } from "./resource.js";
export { type SubscriptionState, type UseSubscription, useInvoices, useSubscription } from "./subscription.js";
export { SubscriptionManager, type SubscriptionManagerProps } from "./subscription_manager.js";
export { type TopUpInput, type UseTopUp, useTopUp } from "./top_up.js";
export { TopUpSettings } from "./top_up_settings.js";
export { english, type Words } from "./words.js";
