// What a user has and may do, and what is for sale.

import type { Entitlements, PageHistoryEntry, PageNoticeOut, PagePurchaseOut, Products, Wallet } from "@paydesk/client";

import { usePaydesk } from "./provider.js";
import { type List, type Resource, useList, useResource } from "./resource.js";

/** The user's own wallet, as it changes. */
export function useCredits(): Resource<Wallet> {
  return useResource("credits");
}

/** What happened to the wallet, newest first. */
export function useCreditHistory(): List<PageHistoryEntry> {
  return useList("history");
}

/** What the user has bought or set out to buy, newest first. */
export function usePurchases(): List<PagePurchaseOut> {
  return useList("purchases");
}

/** What the user is to be told, newest first. */
export function useNotices(): List<PageNoticeOut> {
  return useList("notices");
}

/** What the user may do: tier, features, limits. */
export function useEntitlements(): Resource<Entitlements> {
  return useResource("entitlements");
}

/** What is for sale. */
export function useProducts(): Resource<Products> {
  return useResource("products");
}

/** The currency in which something is offered: the wanted one where there is a price in it, else the shop's. */
export function useOffered(prices: Record<string, number> | undefined): string | undefined {
  const { currency } = usePaydesk();
  const shop = useProducts().data?.currency;
  return currency && prices?.[currency] !== undefined ? currency : shop;
}
