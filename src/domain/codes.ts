/**
 * Code tables of the 运政 systems with their Chinese names. Values follow the JT/T 415-2006 lineage that provincial
 * systems still use; a table of the 2021 revision needs a version beside the data before both can live here.
 */

/** 车牌颜色 (JT/T 697.7). ETC and older interfaces number colours differently: translate in the adapter. */
export const PLATE_COLORS = {
  '1': '蓝色',
  '2': '黄色',
  '3': '黑色',
  '4': '白色',
  '5': '绿色',
  '9': '其他',
  '91': '农黄色',
  '92': '农绿色',
  '93': '黄绿色',
  '94': '渐变绿',
} as const
export type PlateColor = keyof typeof PLATE_COLORS

/** 营运状态 */
export const OPERATION_STATUSES = {
  '10': '营运',
  '21': '停运',
  '22': '挂失',
  '31': '迁出（过户）',
  '32': '迁出（转籍）',
  '33': '报废',
  '34': '歇业',
  '80': '注销',
  '90': '其他',
} as const
export type OperationStatus = keyof typeof OPERATION_STATUSES

/** 业户状态 */
export const OPERATOR_STATUSES = {
  '1': '营业',
  '2': '停业',
  '3': '整改',
  '4': '停业整顿',
  '5': '歇业',
  '6': '注销',
  '9': '其他',
} as const
export type OperatorStatus = keyof typeof OPERATOR_STATUSES

/** 行业类别 (JT/T 415 5.2.1) */
export const TRADES = {
  '010': '道路旅客运输',
  '011': '班车客运',
  '012': '包车客运',
  '013': '定线旅游',
  '014': '非定线旅游',
  '020': '道路货物运输',
  '021': '道路普通货物运输',
  '022': '货物专用运输',
  '023': '大型物件运输',
  '030': '道路危险货物运输',
  '031': '营运性危险货物运输',
  '032': '非经营性危险货物运输',
  '040': '机动车维修',
  '050': '机动车驾驶员培训',
  '060': '站场服务',
  '061': '客运站',
  '062': '货运站',
  '070': '国际道路运输',
  '071': '国际道路旅客运输',
  '072': '国际道路货物运输',
  '080': '公共汽车客运',
  '090': '出租汽车',
  '091': '客运出租',
  '092': '货运出租',
  '100': '汽车租赁',
  '101': '客车租赁',
  '102': '货车租赁',
  '900': '其他',
} as const
export type TradeCode = keyof typeof TRADES

/** 车型 (JT/T 415 5.4.9) */
export const VEHICLE_TYPES = {
  '10': '客车',
  '11': '大型客车',
  '12': '中型客车',
  '13': '小型客车',
  '14': '轿车',
  '15': '大型卧铺客车',
  '16': '中型卧铺客车',
  '20': '普通货车',
  '21': '大型货车',
  '22': '中型货车',
  '23': '小型货车',
  '30': '专用运输车',
  '31': '集装箱车',
  '32': '大件运输车',
  '33': '保温冷藏车',
  '34': '商品车运输专用车',
  '35': '罐车',
  '36': '牵引车',
  '37': '挂车',
  '38': '平板车',
  '39': '其他专用车',
  '40': '危险品运输车',
  '50': '农用车',
  '60': '拖拉机',
  '61': '轮式拖拉机',
  '62': '手扶拖拉机',
  '63': '履带拖拉机',
  '64': '特种拖拉机',
  '90': '其他',
} as const
export type VehicleTypeCode = keyof typeof VEHICLE_TYPES

/** 技术等级 */
export const TECH_GRADES = { '1': '一级', '2': '二级', '3': '三级' } as const
export type TechGrade = keyof typeof TECH_GRADES

/** 业务锁定所涉业务 */
export const BUSINESS_TYPES = {
  ANNUAL_REVIEW: '年度审验',
  CERTIFICATE_REPLACEMENT: '证照补换',
  CAPACITY_GROWTH: '新增运力',
  LICENSING: '行政许可',
  INTEGRITY_ASSESSMENT: '诚信考核',
  QUALITY_CREDIT: '质量信誉考核',
} as const
export type BusinessType = keyof typeof BUSINESS_TYPES

/** 案件状态, from 立案 to 归档. No public national list exists; adapters map to these. */
export type CaseState =
  | 'REGISTERED' // 立案
  | 'INVESTIGATING' // 调查取证
  | 'REVIEW' // 审核
  | 'NOTICE' // 告知、听证
  | 'DECIDED' // 已决定
  | 'DELIVERED' // 已送达
  | 'PARTIALLY_PAID' // 分期缴款
  | 'PAID' // 已缴款
  | 'OVERDUE' // 逾期未缴
  | 'ENFORCING' // 强制执行
  | 'CLOSED' // 已结案
  | 'ARCHIVED' // 已归档
  | 'REVOKED' // 撤销

/** A case locks from 立案 until it is 结案, 归档 or 撤销. */
export function isOpenCase(state: CaseState): boolean {
  return state !== 'CLOSED' && state !== 'ARCHIVED' && state !== 'REVOKED'
}

/** The systems a review asks. 运政 is the registry itself; the others answer through data sharing. */
export const SOURCE_SYSTEMS = {
  TRANSPORT: '道路运政系统',
  STATION: '检验检测系统',
  POLICE: '公安交管系统',
  GNSS: '联网联控系统',
  INSURANCE: '保险共享系统',
  ENFORCEMENT: '综合执法系统',
  CREDIT: '信用信息系统',
  MAINTENANCE: '维修电子档案系统',
  SHARED: '部门数据共享平台',
  COMPUTED: '系统计算',
} as const
export type SourceSystem = keyof typeof SOURCE_SYSTEMS
