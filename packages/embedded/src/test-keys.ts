import type { Jwk } from './tokens/key-sets.ts'

/**
 * The signing keys that every embedded server starts with, so that it starts at once and its tokens survive a restart.
 * They are published with this package: **a token signed by them proves nothing**. Never trust them outside of tests.
 */

/** First key of the set `hydra.openid.id-token`. */
export const idTokenTestKey: Readonly<Jwk> = {
  use: 'sig',
  kid: '5f1c1c0e-2c1b-4a4e-9a53-6d3c6f3d1a01',
  alg: 'RS256',
  kty: 'RSA',
  n: 'n7zPbh1jajNvVC1pX20rqGhziVQt66d8qStxprg_bjguxCTWImNpXlY54QBuF8GWdWdYUFKLdeyDseGcQ9YcJUtVVa5E9uysuYOLMYu0kcF9lIhiu6Fd-ZHpvvYm6x8w7Eqgf73LH_gk82v1azeJQAuLpBVthvSkdbxPm8QYUnqSC6PPKCVDFg3isCgPBc5Es8Or_z7QNnBT3hEMBM6tZTDBN9yBI6xWlZ11ZkOOww-3VEO1uXKevv0Bk-cvyYK2RlvT0m8G-EP29sAVh2s5oaw53Mi_2cVJwjnRWcLfiAYnjLCpg3lkY3NjZcaLVVCsr81wdlcaoAB-wuFX3KZmWw',
  e: 'AQAB',
  d: 'G1G25j3HeWvXj_1-RpBMxa4riGKpweJwuxwPgXSEgKzCLtCgANygsj4sAvPIYG6-9VBZ9c7QRDhRo7QSvjVZtfUm4JL__30l40qAnVYn6T--4w7aV_22rU7Lu9mseUzp2JfA0Ggc29hcNXeSzyX95sKyvLrfcxPXJr2wndLRWBWSMrs0cZDhUMWFUwXaWcbOqr0N_WgYmIXksOqgKomACNlhmgeZcsxfsUY8WhUmMsR07m-N1TbcGxo5Etp9s09aXXVcmcQzW5G_yx72HR97lqtnjBgzUxXNRuqxBXw68n2oWMMbCx36mlq3aLZAKpQf6SrAeSFF5TmbyejL4A5AdQ',
  p: '0-fDH_EqcGjR7iOnTcjwPdT1FzLh9p9NLo2IodkMUVPVZsmpjmshMc2eq07JNkx2a56yhdd5gsbQ3BHoNIlPNz3PDLPNq1AwXAyztZwVvykfWiTywXmgk-scddWQjAqBrQOXYwhXy0zeWh6YcSDOhGOOD3v43IYHIvDVBuOiZ50',
  q: 'wPoPaSLT4j_-wPm94IZ84QYTL9MKl6NBCcYsagHg7diosKFDpP_UpHPPMyXGjjrnRxkadab2R_53_lX1mr7nXf0Oaku1jpg2Pq2755jkMxTjkaD6oWwkkKQC5iN5xUXvNnmI1FKRNgwUefLOYi1gMeJHT_zl0bE99S2QtlD68Fc',
  dp: 'MN2sQIxztfJmHt138lcZF5kpX80rEJ1Rxh97V59e2M5VUtvETwRjZkG9ilGj0vK1CEJTdsvmyIKinW0_uAXGD74gJhS8o_nc_Q0sz_-LgEayZS5KENXEcvfv2ziBmdm-Z7CBU6QT4tz6FZwimUvwc9UlaGq1S91YffU9mtYZmH0',
  dq: 'USnbSXDohQQ9dZSUk9Z8t3gCod61WcnEFQRQsdVQcTjq2j85YDBpkzFSOETvGesUUwbv5gPvGaChf0tQHWGllhZU9cgZ-Ht0dTBFE8duUz256Qo336TITD1vKrRJBvu-_L5pGkQP5xd1lUTWINzM1K5DKBVJ48QUNwaPEt9Ea8k',
  qi: 'CvzRE8i5aSAKhF4y2noEk7-Vofo4EISOeruhHpjHN-1bXzgp2OIQns24K-fVr6ZWKLl7PvVDj3mEiwyDEHtpTu8TpoviPqLD9WOgNyyvQmu81kfV91Gm7UNW_awK9mJm9XqE55DA0VDqydsyxIsHZgP6NV2B9F0ap6VVEy0admk',
}

/** First key of the set `hydra.jwt.access-token`. */
export const accessTokenTestKey: Readonly<Jwk> = {
  use: 'sig',
  kid: 'b7a0c7de-58f5-4b0e-8f2e-0f7a9f6b2e02',
  alg: 'RS256',
  kty: 'RSA',
  n: '8Yo8Ybt6UBAQXPn8TZGArqwB9o3-EkaMEJxOiRFFr0eWt5h-Ivo6DQd3M_GSWL9Fga_9ewOgE6D-kMNL0_XV0G-z9PUK9Z-XYJwNwXQOVNqN_TZvcXc6f0jBQxwBmD1NGrbNFyFdjwHP7Tu6YMFXDUM_-Pk5k-sxU0JK55Yns72pvYM5mNayAzVqs1sQjroZgGvLc59L_lCKE0W9-7kYlAAa7LZA1XieZcC5f9wT9vPIKK8N8psgFkUjFAYnZDzJUcai7ZrIHFuUZhjFnvTKFC2eSyfoZuNlEMGO2XsGdYrXzKstQM4ms7JSg4r2INMGYqhz7CZxaQO4clVHWWUf_Q',
  e: 'AQAB',
  d: 'BGk8caIw3e8omMWEicT36qZthi2-z4YPcViAR8_4FPcaldF61WFD6iK2xJYUh409itx9XE147qLWVZlST8M4tvqg-LWvxvraSbo9kqRLFrWfFREHbkdVJCentHXCwtZrwlhHJf5rbPzg6cvrcgKfCl2JeLEbWPB9yB149d3CJG3dfSqRAaTRSIqUz613Ma1hZ7Spx31q5JRMd1Ls159wBsz8_9Nv7ljgNkhwSKL7q_v72vEWl8yGV0Acr2L5Je5c161oFb4sEXJ7yBsO1HIcF22YApGkcASqyPJGTJF_XPttaMZKC512Ra4GiVpWkq-PIr5J5CfvP7HZBS3362TuqQ',
  p: '_is3yFFGbvMSvke__XaOsOODNbej8qzziGnYw8GaB8EDjWUzvD3FjT7oLcLZ1oCs6p9W15-0bgfv7yvBsu_GvmHJF-dvU4jGy8SooRU7ORD6asChCZakG06wcrfv_Lg6D67PftOJ7yR_rzFrgbb7KIx5mbQG7f5o9p40UyLndfM',
  q: '80e5xk2XF3GT3ri7RxnhSs1bKJ2olPbYadEoIRl9Eg557-32j7M1-PKjj_gzP1U6P9oOPlK5Iwoz2WKBFhZUkiu0gODGanO-7tJ0OHHP8N_iGmOciIjA-vHQP2VcPZUeKHKf3Dhyzw6s__pclUGaXVBJXJlj5zsw8NlLjwZV3k8',
  dp: '0xnSGu5mMYBx8Nhm_X2axhAwykzcPpKnMoW3I9-IrygAa0_CyHYFvmqhLGDJzP7Sn4v39N8QXNL61QritluwFi_hdZkjPZ48fsG3zRJ1PdB8LG4RUoVrh8KzipR7HstkbeIjNJM93QHTiw7g27u-ns8NsDt2BfVn-G0tyF8VH0E',
  dq: '7AXkSG2ybn40ddpHZ13GY2oETM1YZt1tbIwNIL-3xbLhvlLh6Nx3OoU9BkpIfeNT1erZ8sES-NnHH9ofXqxfdEiOoJJyLYkJ7m2jb7eLhCfRFsUZcqUqhMvhu_-8k8p-LcO3MFJboGKemOHuvKee-XURF5OBhy639pL6aVI-MKU',
  qi: 'L69i1ubfXGkeHlCcE6TENcfmA47Tfr3vZjLvLbBLQ9N0BUIp_yXHuf08HnmMdbZl8GXTLpqcOb72SXpjZW_umtahiFZ2K0sZ-8Rj5UhJ7ifKBxJSIxhv0viDR5nNtcbRMD-6zMEYtjVWyJwUmxdV_92BGz5Y5clAmoJa6yE48xA',
}
