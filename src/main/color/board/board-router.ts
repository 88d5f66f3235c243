import { implement } from '@orpc/server'
import { colorBoardContract } from '../../../contract/color-board.ts'
import type { Context } from '../../context.ts'

const os = implement(colorBoardContract).$context<Context>()

export const colorBoardRouter = os.router({
  data: os.data.handler(({ input, context, signal }) => context.services.color.board.data(input, context.user, signal)),
})
