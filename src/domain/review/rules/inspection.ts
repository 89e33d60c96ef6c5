import { TECH_GRADES } from '../../codes.ts'
import { inspectionPeriodMonths, inspectionValidUntil } from '../../inspection-period.ts'
import { formatChinese } from '../../local-date.ts'
import type { ProvinceProfile } from '../../province.ts'
import { vehicleClassOf, type InspectionFacts, type ReviewFacts, type VehicleFacts } from '../facts.ts'
import { fail, fromSource, manual, pass, type Finding, type Rule } from '../finding.ts'

/** Rules that rest on the report of an inspection station. Without a report none of them passes. */
export const INSPECTION_RULES: readonly Rule[] = [
  {
    id: 'R04',
    title: '检验检测报告',
    sourceSystem: 'STATION',
    check: (facts, profile) =>
      fromSource('STATION', facts.inspection, (report) =>
        report === null ? noReport() : checkReport(report, facts, profile),
      ),
  },
  {
    id: 'R05',
    title: '车辆技术等级',
    sourceSystem: 'STATION',
    check: (facts, profile) =>
      fromSource('STATION', facts.inspection, (report) =>
        report === null ? noReport() : checkGrade(report, facts.vehicle, profile),
      ),
  },
  {
    id: 'R06',
    title: '车辆结构及尺寸',
    sourceSystem: 'STATION',
    check: (facts, profile) =>
      fromSource('STATION', facts.inspection, (report) =>
        report === null ? noReport() : compareDimensions(report, facts.vehicle, profile.tolerance),
      ),
  },
]

const noReport = (): Finding => fail('未查到检验检测报告，请先到检验检测机构检测')

function checkReport(report: InspectionFacts, { vehicle, today }: ReviewFacts, profile: ProvinceProfile): Finding {
  const period = profile.inspectionPeriods[vehicleClassOf(vehicle)]
  const dates = {
    firstRegisteredOn: vehicle.firstRegisteredOn,
    inspectedOn: report.inspectedOn,
    reportValidUntil: report.validUntil,
  }
  const until = inspectionValidUntil(period, dates)
  const made = `${report.stationName}${formatChinese(report.inspectedOn)}出具的检验检测报告`
  if (report.conclusion === '不合格') return fail(`${made}结论为不合格`)
  if (until < today) return fail(`${made}有效期至${formatChinese(until)}，已过期`)
  const months = inspectionPeriodMonths(period, vehicle.firstRegisteredOn, today)
  return pass(`${made}结论合格，有效期至${formatChinese(until)}（检测周期${months}个月）`)
}

function checkGrade(report: InspectionFacts, vehicle: VehicleFacts, profile: ProvinceProfile): Finding {
  const required = requiredGrade(vehicle, profile)
  if (required === null) return pass('该类车辆不要求技术等级')
  if (report.techGrade === null) return fail('检验检测报告未评定技术等级')
  const [grade, least] = [TECH_GRADES[report.techGrade], TECH_GRADES[required]]
  return report.techGrade <= required
    ? pass(`技术等级为${grade}，符合不低于${least}的要求`)
    : fail(`技术等级为${grade}，要求不低于${least}`)
}

function requiredGrade(vehicle: VehicleFacts, profile: ProvinceProfile) {
  const vehicleClass = vehicleClassOf(vehicle)
  if (vehicleClass === 'PASSENGER' && vehicle.longDistance) return profile.requiredTechGradeLongDistanceCoach
  return profile.requiredTechGrade[vehicleClass]
}

function compareDimensions(
  measured: InspectionFacts,
  filed: VehicleFacts,
  tolerance: ProvinceProfile['tolerance'],
): Finding {
  const sides = [
    { name: '车长', measured: measured.lengthMm, filed: filed.lengthMm },
    { name: '车宽', measured: measured.widthMm, filed: filed.widthMm },
    { name: '车高', measured: measured.heightMm, filed: filed.heightMm },
  ]
  const side = sides.find((candidate) => Math.abs(candidate.measured - candidate.filed) > tolerance.dimensionMm)
  if (side !== undefined) {
    return manual(
      `实测${side.name}${side.measured}毫米，与档案${side.filed}毫米相差超过${tolerance.dimensionMm}毫米，需人工复核`,
    )
  }
  const [curb, filedCurb] = [measured.curbKg, filed.curbKg]
  if (curb !== null && filedCurb !== null && Math.abs(curb - filedCurb) > tolerance.curbKg) {
    return manual(`实测整备质量${curb}千克，与档案${filedCurb}千克相差超过${tolerance.curbKg}千克，需人工复核`)
  }
  return pass('外廓尺寸和质量与档案一致')
}
