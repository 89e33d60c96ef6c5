/**
 * Refuses an expression statement whose value is a `Result` (or a promise of one): what the world can cause must be looked at.
 * A type counts as a Result when every member of its union has a boolean literal `ok`, and the failing one an `error`.
 */
export default {
  meta: {
    type: 'problem',
    messages: { unused: 'This Result is not looked at: handle its error, or return it.' },
    schema: [],
  },
  create(context) {
    const services = context.sourceCode.parserServices
    if (!services?.program) return {}
    const checker = services.program.getTypeChecker()

    function isResult(type) {
      const members = type.isUnion() ? type.types : [type]
      return (
        members.length > 0 &&
        members.every((member) => member.getProperty('ok')) &&
        members.some((member) => member.getProperty('error'))
      )
    }

    function awaited(type) {
      return checker.getAwaitedType(type) ?? type
    }

    return {
      ExpressionStatement(node) {
        let expression = node.expression
        while (
          expression.type === 'AwaitExpression' ||
          (expression.type === 'UnaryExpression' && expression.operator === 'void')
        )
          expression = expression.argument
        if (expression.type === 'AssignmentExpression') return
        const type = services.getTypeAtLocation(expression)
        if (isResult(awaited(type))) context.report({ node, messageId: 'unused' })
      },
    }
  },
}
